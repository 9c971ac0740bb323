import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ManualStep, ReadTree } from '../../capability';
import type { HardeningRun } from '../../hardening-run';
import { inDir, type NextApp } from '../../next-app';
import { printLiteral } from '../../next-config/literal';
import { nxGenerator } from '../../nx-generator';
import { renderTemplate } from '../../template';
import { ownLimiter } from './limiters';
import { misplacedProxy } from './placement';
import type { RateLimitOptions } from './schema';

const FILES = join(__dirname, 'files');

/** The table of policies and the limiter behind it; the proxy that calls them is shared with others (`proxy-file/`). */
export async function generate(run: HardeningRun<RateLimitOptions>): Promise<void> {
  const { tree, app, options } = run;
  const left = leftAlone(tree, app);
  if (left) return run.manual(left);
  const typed = app.language === 'ts';
  // Beside app/, and not beside next-config.cjs: a tsconfig whose rootDir is src takes nothing from outside it.
  const own = (file: string, content: string): void => run.ownFile(inDir(app.baseDir, `hardening/${file}.${app.language}`), content);

  own('rate-limit', renderTemplate(join(FILES, 'rate-limit.ts.template'), { typed, payload: 'payload' in app.dependencies }));
  own(
    'rate-limiter/settings',
    renderTemplate(join(FILES, 'rate-limiter/settings.ts.template'), {
      typed,
      prefix: printLiteral(app.shortName),
      mode: options.mode ?? 'enforce',
      trustedProxies: options.trustedProxies ?? 0,
      lease: options.lease ?? 1,
      withoutStore: options.withoutStore ?? 'warn',
    }),
  );
  // Made from the TypeScript by `pnpm sync`, for apps without it.
  const dir = join(FILES, typed ? 'rate-limiter' : 'rate-limiter-js');
  for (const file of readdirSync(dir).filter((name) => /\.[jt]s$/.test(name)).sort()) own(`rate-limiter/${file.slice(0, -3)}`, readFileSync(join(dir, file), 'utf-8'));

  for (const target of ['rate-limit-redis', 'rate-limit-bypass']) run.target(target, target);
  const misplaced = misplacedProxy(tree, app);
  if (misplaced) run.manual(misplaced);
}

/** Why nothing is put in; undefined where something is. */
function leftAlone(tree: ReadTree, app: NextApp): ManualStep | undefined {
  const again = `nx g @chronos/nx-harden:rate-limit ${app.shortName}`;
  const own = ownLimiter(tree, app);
  if (own) return { file: own.file, why: 'It limits requests by itself, so nothing of ours was put beside it. The audit says what it thinks of it. To have ours, take it out and run:', lines: again };
  if (!app.isStaticExport || !app.configFile) return undefined;
  return { file: app.configFile, why: "output: 'export' makes plain files, so no code of the app runs for a request, and nothing was put in. Limit requests where the files are served; without that option, run:", lines: again };
}

export default nxGenerator('rate-limit');
