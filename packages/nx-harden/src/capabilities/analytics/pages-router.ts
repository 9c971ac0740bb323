import type { ReadTree } from '../../capability';
import { inDir, type NextApp } from '../../next-app';

/** Files of the Pages Router that are no page of their own. */
const NO_PAGE = /^(_app|_document|_error|404|500)$/;

/** Where the Pages Router has what all its pages share: `_app`, there or still to be written. Undefined in an app without such pages. */
export function pagesAppOf(tree: ReadTree, app: NextApp): { file: string; isThere: boolean } | undefined {
  const dir = app.pagesDir;
  if (dir === undefined) return undefined;
  const there = app.pageExtensions.map((extension) => inDir(dir, `_app.${extension}`)).find((file) => tree.exists(file));
  if (there !== undefined) return { file: there, isThere: true };
  return hasPage(tree, app, dir) ? { file: inDir(dir, `_app.${extensionOf(app)}`), isThere: false } : undefined;
}

/** API routes have no `_app`. */
function hasPage(tree: ReadTree, app: NextApp, dir: string): boolean {
  return tree.children(dir).some((entry) => {
    const path = inDir(dir, entry);
    if (!tree.isFile(path)) return entry !== 'api' && hasPage(tree, app, path);
    const extension = app.pageExtensions.find((one) => entry.endsWith(`.${one}`));
    return extension !== undefined && !NO_PAGE.test(entry.slice(0, -extension.length - 1));
  });
}

/** One that may hold JSX and that Next takes for a page. */
function extensionOf({ pageExtensions, language }: NextApp): string {
  const wanted = language === 'ts' ? ['tsx'] : ['jsx', 'js'];
  return wanted.flatMap((ending) => pageExtensions.filter((extension) => extension === ending || extension.endsWith(`.${ending}`)))[0] ?? wanted[0] ?? 'tsx';
}
