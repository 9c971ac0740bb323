import { join } from 'node:path';
import type { HardeningRun } from '../../hardening-run';
import { inDir, type NextApp } from '../../next-app';
import { printLiteral } from '../../next-config/literal';
import { renderTemplate } from '../../template';
import { framingOf } from './contribution';
import { cspDirectives } from './csp';
import type { HeadersOptions } from './schema';

const FILES = join(__dirname, 'files');

/**
 * Puts the policy where the proxy gets it, with a nonce per request. A static page is made before its request and has no
 * nonce, so the pages have to be dynamic; that is left to a person.
 */
export function putNonce(run: HardeningRun<HeadersOptions>): void {
  const { app, options } = run;
  if (options.csp === 'off') throw new Error('--nonce has no policy to work in with --csp=off. Use --csp=report-only or --csp=enforce.');
  // Beside app/, and not beside next-config.cjs: a tsconfig whose rootDir is src takes nothing from outside it.
  const policyFile = inDir(app.baseDir, `hardening/csp.${app.language}`);
  run.ownFile(policyFile, renderPolicy(app, options));

  for (const layout of app.rootLayouts.filter((file) => !isDynamic(run.tree.read(file, 'utf-8') ?? ''))) {
    run.manual({
      file: layout,
      why: 'A static page has no nonce, and an enforced policy would block its scripts. Make the pages below it dynamic (each request is then rendered, none comes from the CDN):',
      lines: ["import { connection } from 'next/server';", '', 'export default async function RootLayout(…) {', '  await connection();'].join('\n'),
    });
  }
}

function renderPolicy(app: NextApp, options: HeadersOptions): string {
  const directives = cspDirectives(app, { framing: framingOf(app, options), further: options.cspSource ?? [] });
  const scripts = (directives['script-src'] ?? []).filter((source) => source !== "'unsafe-inline'");
  const withNonce: Record<string, string[]> = { ...directives, 'script-src': [...scripts, "'nonce-{nonce}'", "'strict-dynamic'"] };
  const isEnforced = options.csp === 'enforce';
  const printed = Object.entries(withNonce)
    // Browsers complain about it in a policy that only reports.
    .filter(([name]) => isEnforced || name !== 'upgrade-insecure-requests')
    .map(([name, sources]) => [name, ...sources].join(' '));
  return renderTemplate(join(FILES, 'csp.ts.template'), {
    typed: app.language === 'ts',
    headerName: isEnforced ? 'Content-Security-Policy' : 'Content-Security-Policy-Report-Only',
    directivesLiteral: printLiteral(printed),
  });
}

function isDynamic(layout: string): boolean {
  return /\bconnection\(\)|\bheaders\(\)|\bcookies\(\)|force-dynamic/.test(layout);
}
