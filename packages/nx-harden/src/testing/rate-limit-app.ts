import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { applyCapabilities } from '../apply-capabilities';
import { fixtures, treeOf, type AppFixture } from './fixtures';

/** Packages are found from here as an app finds its own. */
const TMP = join(__dirname, '../../test-output');

/** The files that the generator `rate-limit` puts into an app, on disk, where they can be imported. */
export interface RateLimitApp {
  /** Where `hardening/` and the proxy lie. */
  dir: string;
  remove: () => void;
}

/** Puts rate limits into a fixture app with those options and writes what came of it to a folder of its own. */
export async function renderRateLimitApp(options: Record<string, unknown> = {}, fixture: AppFixture | undefined = fixtures[0], more: Record<string, string> = {}): Promise<RateLimitApp> {
  if (!fixture) throw new Error('There is no fixture app.');
  const tree = treeOf(fixture);
  for (const [path, content] of Object.entries(more)) tree.write(path, content);
  await applyCapabilities(tree, fixture.project, [{ id: 'rate-limit', options }]);
  mkdirSync(TMP, { recursive: true });
  const dir = mkdtempSync(join(TMP, 'rate-limit-'));
  const base = tree.listChanges().map(({ path }) => path).find((path) => /(^|\/)hardening\/rate-limit\.[jt]s$/.test(path));
  if (base === undefined) throw new Error('The generator wrote no hardening/rate-limit.');
  const root = dirname(dirname(base));
  for (const { path, content } of tree.listChanges()) {
    const inside = root === '.' ? path : path.startsWith(`${root}/`) ? path.slice(root.length + 1) : undefined;
    if (inside === undefined || !/^(hardening\/|(proxy|middleware)\.)/.test(inside) || content === null) continue;
    mkdirSync(dirname(join(dir, inside)), { recursive: true });
    writeFileSync(join(dir, inside), content);
  }
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}
