import type { ReadTree } from '../../capability';
import { inDir, type NextApp } from '../../next-app';

/** A script that answers under an address, as far as that does not depend on parameters. */
export interface HealthRoute {
  file: string;
  /** `/api/health`. */
  path: string;
  router: 'app' | 'pages';
}

/** What teams call it; one that is only live says nothing of what it depends on. */
const READY = /^(health(z|[-_]?checks?)?|ready(z|[-_]?check)?)$/i;
const LIVE = /^(live(z|ness)?|alive|ping)$/i;

/** All that answers by a script, under an address without parameters. */
export function fixedRoutes(tree: ReadTree, app: NextApp): HealthRoute[] {
  return [...appRoutes(tree, app), ...pagesRoutes(tree, app)];
}

/** Addresses at which the app says whether it can serve, whoever wrote them; the one that is most likely meant comes first. */
export function healthRoutes(tree: ReadTree, app: NextApp): HealthRoute[] {
  return fixedRoutes(tree, app).filter(({ path }) => isHealth(path)).sort((a, b) => a.path.split('/').length - b.path.split('/').length || (a.path < b.path ? -1 : 1));
}

function isHealth(path: string): boolean {
  const parts = path.split('/');
  const last = parts.at(-1) ?? '';
  return READY.test(last) && !parts.some((part) => LIVE.test(part));
}

function appRoutes(tree: ReadTree, { appDir, pageExtensions }: NextApp): HealthRoute[] {
  if (appDir === undefined) return [];
  return scriptsIn(tree, appDir, pageExtensions).flatMap(({ file, segments }) => {
    if (segments.at(-1) !== 'route') return [];
    // A group of routes has no part in the address.
    const path = `/${segments.slice(0, -1).filter((segment) => !/^\(.*\)$|^@/.test(segment)).join('/')}`;
    // What answers no GET answers no monitor.
    return isFixed(path) && /\bGET\b/.test(tree.read(file, 'utf-8') ?? '') ? [{ file, path, router: 'app' as const }] : [];
  });
}

/** Only what is under `api/` answers by itself; the rest of `pages/` is pages. */
function pagesRoutes(tree: ReadTree, { pagesDir, pageExtensions }: NextApp): HealthRoute[] {
  if (pagesDir === undefined) return [];
  return scriptsIn(tree, inDir(pagesDir, 'api'), pageExtensions).flatMap(({ file, segments }) => {
    const path = `/api/${segments.filter((segment, index) => segment !== 'index' || index < segments.length - 1).join('/')}`;
    return isFixed(path) ? [{ file, path, router: 'pages' as const }] : [];
  });
}

/** A folder whose name begins with `_` is not served. */
function isFixed(path: string): boolean {
  return !/\[|\/_/.test(path);
}

function scriptsIn(tree: ReadTree, dir: string, extensions: readonly string[], segments: string[] = []): { file: string; segments: string[] }[] {
  return tree.children(dir).flatMap((entry) => {
    const path = inDir(dir, entry);
    if (!tree.isFile(path)) return scriptsIn(tree, path, extensions, [...segments, entry]);
    const extension = extensions.find((one) => entry.endsWith(`.${one}`));
    return extension === undefined ? [] : [{ file: path, segments: [...segments, entry.slice(0, -extension.length - 1)] }];
  });
}
