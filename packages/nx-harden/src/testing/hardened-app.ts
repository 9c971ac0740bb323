import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { applyCapabilities, type Wanted } from '../apply-capabilities';
import { contentsOf, treeOf } from './fixtures';

const PACKAGE = join(__dirname, '../..');
/** Packages are found from here as an app finds its own. */
const TMP = join(PACKAGE, 'test-output');

/** A standalone app on disk, hardened, where Next can build it. */
export interface HardenedApp {
  dir: string;
  remove: () => void;
}

/** Hardens an app of those files and writes it, with a config by which Next builds it inside this repository. */
export async function writeHardenedApp(files: Record<string, string>, wanted: readonly Wanted[]): Promise<HardenedApp> {
  const config = `export default { turbopack: { root: ${JSON.stringify(join(PACKAGE, '../..'))} }, outputFileTracingRoot: ${JSON.stringify(join(PACKAGE, '../..'))}, typescript: { ignoreBuildErrors: true } };\n`;
  const tree = treeOf({
    name: 'on disk',
    project: '',
    files: { 'nx.json': '{}\n', 'package.json': '{ "name": "on-disk", "private": true, "nx": {}, "dependencies": { "next": "16.4.6", "react": "19.3.1", "react-dom": "19.3.1" } }\n', 'next.config.mjs': config, ...files },
  });
  if (wanted.length > 0) await applyCapabilities(tree, '', wanted);
  mkdirSync(TMP, { recursive: true });
  const dir = mkdtempSync(join(TMP, 'hardened-'));
  for (const [path, content] of Object.entries(contentsOf(tree))) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}
