import type { ManualStep, ReadTree } from '../../capability';
import { inDir, type NextApp } from '../../next-app';

const namesIn = ({ pageExtensions }: NextApp): string[] => ['proxy', 'middleware'].flatMap((stem) => pageExtensions.map((extension) => `${stem}.${extension}`));

/** A proxy in a place where Next does not look: beside `src/` when the app lies in it, or in `src/` when it does not. Next's build says nothing. */
export function misplacedProxy(tree: ReadTree, app: NextApp): ManualStep | undefined {
  const { root, baseDir } = app;
  const other = baseDir === root ? inDir(root, 'src') : root;
  const file = namesIn(app).map((name) => inDir(other, name)).find((path) => tree.exists(path));
  if (!file) return undefined;
  const target = inDir(baseDir, file.slice(file.lastIndexOf('/') + 1));
  return { file, why: `Next does not read it there, and says nothing: it looks beside the folder of the pages. Move it, and run again:`, lines: `git mv ${file} ${target}` };
}

/** Next refuses to build with both. */
export function secondProxy(tree: ReadTree, app: NextApp): string | undefined {
  const { baseDir, proxyFile } = app;
  return namesIn(app).map((name) => inDir(baseDir, name)).find((path) => path !== proxyFile && tree.exists(path));
}
