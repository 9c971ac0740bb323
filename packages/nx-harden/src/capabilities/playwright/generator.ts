import { join, posix } from 'node:path';
import { fromRecordedPath } from '../../hardening-file';
import type { HardeningRun } from '../../hardening-run';
import { inDir, type NextApp } from '../../next-app';
import { mergeContributions } from '../../next-config/merge';
import { nxGenerator } from '../../nx-generator';
import { readJsonFile } from '../../package-manager';
import { capabilities } from '../../registry';
import { renderTemplate } from '../../template';
import { addTypeCheck } from '../../type-check';
import { e2ePluginTarget, findE2eRunner, ownE2eRunner, type E2eRunner } from './e2e-runner';
import type { PlaywrightOptions } from './schema';

const FILES = join(__dirname, 'files');
const TESTS = ['chromium.ts', 'fixtures.ts', 'routes.ts', 'smoke.e2e.ts', 'accessibility.e2e.ts', 'known-violations.ts'];

/** Playwright for the app, unless the team has end-to-end tests: those are kept. */
export async function generate(run: HardeningRun<PlaywrightOptions>): Promise<void> {
  const { tree, app, options, record } = run;
  const { shards = 1, ignoreRoutes = [] } = options;
  if (!Number.isInteger(shards) || shards < 1) throw new Error(`--shards is ${shards}; it is into how many jobs the tests are split: 1 or more.`);
  const wrong = ignoreRoutes.find((route) => !route.startsWith('/'));
  if (wrong !== undefined) throw new Error(`--ignoreRoutes: "${wrong}" is no route. Write it as it is visited: /${wrong}`);
  const own = ownE2eRunner(tree, app, record);
  if (own) return keep(run, own);

  const config = findE2eRunner(tree, app)?.file;
  if (config !== undefined && !run.isOurs(config)) return keepRenamed(run, config);

  addTypeCheck(run as HardeningRun<never>);
  const values = { workspaceRoot: posix.relative(inDir(app.root, 'e2e'), '.'), here: isModule(run) ? 'import.meta.dirname' : '__dirname', baseDir: posix.relative(app.root, app.baseDir) || '.', ignoreRoutes, headers: headersOnPages(run) };
  const write = (file: string): void => run.ownFile(inDir(app.root, file), renderTemplate(join(FILES, `${posix.basename(file)}.template`), values));
  write('playwright.config.ts');
  for (const file of TESTS) write(`e2e/${file}`);
  if (values.headers.length > 0) write('e2e/headers.e2e.ts');
  if (app.language === 'ts') write('e2e/tsconfig.json');
  // The tests write it where a page has violations from before.
  for (const project of ['desktop', 'mobile']) run.stateFile(inDir(app.root, `e2e/accessibility-known/${project}.json`));
  const inferred = e2ePluginTarget(tree, 'playwright');
  run.target(inferred ?? 'e2e', inferred ? 'playwright-build' : 'playwright');
}

/** Our config under another name is the team's to keep up to date; nothing else changes. */
function keepRenamed(run: HardeningRun<PlaywrightOptions>, config: string): void {
  for (const recorded of Object.keys(run.record.files)) run.keepFile(fromRecordedPath(run.app.root, recorded));
  for (const [name, kind] of Object.entries(run.record.targets ?? {})) run.target(name, kind);
  run.manual({ file: config, why: 'Our config has been renamed, so it is left to you. To have it kept up to date again, give it its name back:', lines: `git mv ${config} ${inDir(run.app.root, 'playwright.config.ts')}` });
}

/** Nothing of ours goes beside the team's own; but CI runs `nx affected -t e2e`, which has to find it. */
function keep(run: HardeningRun<PlaywrightOptions>, { kind, dir, file, target, failure }: E2eRunner): void {
  if (failure !== undefined) throw new Error(`${file} cannot be read: ${failure}. Mend it and run again.`);
  if (kind === 'playwright' && target === undefined && dir === run.app.root) run.target('e2e', 'playwright');
}

/** Names of the headers that each page is sent with, while the headers are on in the app; a value may be the team's own. */
function headersOnPages({ tree, app, active }: HardeningRun<PlaywrightOptions>): string[] {
  if (!('headers' in active)) return [];
  const merged = mergeContributions(capabilities.flatMap(({ id, nextConfig }) => (id in active ? [nextConfig?.(tree, app, active)] : [])).filter((one) => one !== undefined));
  const csp = merged.csp && (merged.csp.mode === 'enforce' ? 'Content-Security-Policy' : 'Content-Security-Policy-Report-Only');
  return [...(merged.securityHeaders ?? []).map(({ key }) => key), ...(csp ? [csp] : [])].map((name) => name.toLowerCase());
}

/** Whether Node takes the app's scripts for ES modules, in which there is no `__dirname`. */
function isModule({ tree, app }: { tree: HardeningRun['tree']; app: NextApp }): boolean {
  const nearest = [inDir(app.root, 'package.json'), 'package.json'].find((path) => tree.exists(path));
  return nearest !== undefined && readJsonFile(tree, nearest)?.['type'] === 'module';
}

export default nxGenerator('playwright');
