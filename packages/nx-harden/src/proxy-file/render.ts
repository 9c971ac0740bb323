import { join } from 'node:path';
import { entryOf, printEntry } from '../edits/proxy-entry';
import type { NextApp } from '../next-app';
import { renderTemplate } from '../template';
import type { ProxyContribution } from './contribution';

/** What Next calls it: `proxy` since version 16. */
export function proxyName({ nextMajor }: Pick<NextApp, 'nextMajor'>): 'proxy' | 'middleware' {
  return nextMajor >= 16 ? 'proxy' : 'middleware';
}

/** A proxy for an app that has none of its own. */
export function renderProxy(app: NextApp, { handler, limits }: ProxyContribution): string {
  const matcher = [...(limits ?? []).map(entryOf), ...(handler ? [handler.matcher] : [])];
  // With limits, the handler answers only where its own matcher has it.
  const limited = handler ? `withRateLimit(${handler.name}, () => config)` : 'withRateLimit()';
  return renderTemplate(join(__dirname, 'files/proxy.ts.template'), {
    exportName: proxyName(app),
    purpose: [...(limits ? ['limits how often they may'] : []), ...(handler ? ['sends the Content-Security-Policy with a nonce per request'] : [])].join(', '),
    imports: [
      ...(handler ? [`import { ${handler.name} } from '${handler.path}';`] : []),
      ...(limits ? ["import { withRateLimit } from './hardening/rate-limit';"] : []),
    ],
    handler: limits ? limited : (handler?.name ?? ''),
    matcherLiteral: printEntry(matcher, { quote: "'", eol: '\n', step: '  ', lastComma: ',' }, '  '),
  });
}
