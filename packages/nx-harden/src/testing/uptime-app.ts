import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { applyCapabilities } from '../apply-capabilities';
import { treeOf, type AppFixture } from './fixtures';
import { LAYOUT, NEXT_16, PAGE, PNPM, appManifest, rootManifest } from './fixture-parts';

/** Packages are found from here as an app finds its own. */
const TMP = join(__dirname, '../../test-output');

/** An app with a database; `files` are relative to it, and null takes one out. */
export function uptimeFixture(files: Record<string, string | null> = {}, dependencies: Record<string, string> = NEXT_16): AppFixture {
  const own: Record<string, string | null> = { 'package.json': appManifest(dependencies), 'tsconfig.json': '{}\n', 'next.config.mjs': 'export default {};\n', 'app/layout.tsx': LAYOUT, 'app/page.tsx': PAGE, ...files };
  const kept = Object.entries(own).flatMap(([path, content]): [string, string][] => (content === null ? [] : [[`apps/web/${path}`, content]]));
  return { name: 'an app to watch', project: 'web', files: { 'package.json': rootManifest(), ...PNPM, ...Object.fromEntries(kept) } };
}

/** What the generator `uptime` puts into an app, on disk, where it can be imported. */
export async function renderUptimeApp(fixture: AppFixture): Promise<{ dir: string; remove: () => void }> {
  const tree = treeOf(fixture);
  await applyCapabilities(tree, fixture.project, [{ id: 'uptime', options: {} }]);
  mkdirSync(TMP, { recursive: true });
  const dir = mkdtempSync(join(TMP, 'uptime-'));
  for (const { path, content } of tree.listChanges()) {
    const inside = path.startsWith('apps/web/') ? path.slice('apps/web/'.length) : undefined;
    if (inside === undefined || content === null || !/^(hardening|app\/api|pages\/api)\//.test(inside)) continue;
    mkdirSync(dirname(join(dir, inside)), { recursive: true });
    writeFileSync(join(dir, inside), content);
  }
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}
