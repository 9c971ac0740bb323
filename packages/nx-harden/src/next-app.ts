import type { Tree } from '@nx/devkit';
import { coerce, minVersion, valid } from 'semver';
import type { ReadTree } from './capability';
import { configLiteral } from './config-literals';
import { readDefaultBranch } from './default-branch';
import { readCatalog, readJsonFile, readPackageManager, type PackageManager } from './package-manager';
import { resolveProject, shortNameOf, type ProjectPlace } from './project';

/** All that is known of the target app, found once. Paths are relative to the workspace root. */
export interface NextApp {
  /** As Nx has it: `web` or `@acme/web`. */
  name: string;
  /** What a person types after `nx g …`: the last part of the name. */
  shortName: string;
  /** Folder of the app; `.` for a workspace that is one app. */
  root: string;
  /** Where `app/` or `pages/` lies, and so where Next reads `proxy.ts`: the root, or its `src`. */
  baseDir: string;
  appDir?: string;
  pagesDir?: string;
  language: 'ts' | 'js';
  /** Installed version, else the lowest that the range allows; undefined when neither can be read (`latest`). */
  nextVersion?: string;
  /** Next's major; the newest that we know when the version cannot be read. */
  nextMajor: number;
  /** The config that Next loads; undefined when the app has none. */
  configFile?: string;
  /** Layouts that render `<html>`, whoever wrote them. */
  rootLayouts: string[];
  /** Endings that make a file a page, a route or the proxy: `ts`, or `page.ts` where the config says so. */
  pageExtensions: string[];
  /** `proxy.*` or `middleware.*`, where Next reads it. */
  proxyFile?: string;
  /** `output: 'export'`: plain files are served, and no code of the app runs for a request. */
  isStaticExport: boolean;
  /** The package.json that lists what the app depends on: its own, or the workspace's when it has none or lists nothing there. */
  manifest: string;
  /** Dependencies as the app and the workspace declare them (the app's win), by name. */
  dependencies: Record<string, string>;
  packageManager: PackageManager;
  defaultBranch: string;
}

/** The major that an app is taken to have when its version cannot be read. */
const NEWEST_NEXT_MAJOR = 16;
/** In the order in which Next looks for them. `.cjs` and `.cts` are never loaded, but a person may think so. */
const CONFIG_FILES = ['next.config.js', 'next.config.mjs', 'next.config.ts', 'next.config.mts', 'next.config.cjs'];
const SCRIPT_EXTENSIONS = ['ts', 'js', 'tsx', 'jsx', 'mts', 'mjs'];

/** `dir/file`, where `.` is the workspace root. */
export function inDir(dir: string, file: string): string {
  return dir === '.' || dir === '' ? file : `${dir}/${file}`;
}

/** Finds the app that a person named (or the only one) and all that is known of it. Throws one error with the choices. */
export function readNextApp(tree: Tree, project?: string): NextApp {
  return describeNextApp(tree, resolveProject(tree, project));
}

/** All that is known of the app at a place. Reads only. */
export function describeNextApp(tree: ReadTree, { name, root }: ProjectPlace): NextApp {
  const baseDir = findBaseDir(tree, root);
  const appDir = existingDir(tree, inDir(baseDir, 'app'));
  const pagesDir = existingDir(tree, inDir(baseDir, 'pages'));
  const dependencies = readDependencies(tree, root);
  const nextVersion = readNextVersion(tree, root, dependencies['next']);
  const configFile = CONFIG_FILES.map((file) => inDir(root, file)).find((file) => tree.exists(file));
  const pageExtensions = readPageExtensions(tree, configFile);
  return {
    name,
    shortName: shortNameOf(name),
    root,
    baseDir,
    appDir,
    pagesDir,
    language: tree.exists(inDir(root, 'tsconfig.json')) ? 'ts' : 'js',
    nextVersion,
    nextMajor: nextVersion ? Number(nextVersion.split('.')[0]) : NEWEST_NEXT_MAJOR,
    configFile,
    rootLayouts: appDir ? findRootLayouts(tree, appDir) : [],
    pageExtensions,
    proxyFile: ['proxy', 'middleware']
      .flatMap((stem) => pageExtensions.map((extension) => inDir(baseDir, `${stem}.${extension}`)))
      .find((file) => tree.exists(file)),
    isStaticExport: configLiteral(tree, configFile, 'output') === 'export',
    manifest: findManifest(tree, root),
    dependencies,
    packageManager: readPackageManager(tree),
    defaultBranch: readDefaultBranch(tree),
  };
}

function readPageExtensions(tree: ReadTree, configFile: string | undefined): string[] {
  const given = configLiteral(tree, configFile, 'pageExtensions');
  const scripts = (Array.isArray(given) ? given : []).filter((one): one is string => typeof one === 'string' && /(^|\.)[cm]?[jt]sx?$/.test(one));
  return scripts.length > 0 ? scripts : SCRIPT_EXTENSIONS;
}

/** Next prefers `app/` and `pages/` in the root to those in `src/`. */
function findBaseDir(tree: ReadTree, root: string): string {
  const inRoot = ['app', 'pages'].some((dir) => existingDir(tree, inDir(root, dir)));
  const inSrc = ['app', 'pages'].some((dir) => existingDir(tree, inDir(root, `src/${dir}`)));
  return !inRoot && inSrc ? inDir(root, 'src') : root;
}

function existingDir(tree: ReadTree, dir: string): string | undefined {
  return tree.children(dir).length > 0 ? dir : undefined;
}

function findRootLayouts(tree: ReadTree, dir: string): string[] {
  const entries = [...tree.children(dir)].sort();
  const layout = entries
    .filter((entry) => /^layout\.(tsx|jsx|ts|js)$/.test(entry))
    .map((entry) => inDir(dir, entry))
    .find((file) => tree.read(file, 'utf-8')?.includes('<html'));
  if (layout) return [layout];
  return entries.filter((entry) => !tree.isFile(inDir(dir, entry))).flatMap((entry) => findRootLayouts(tree, inDir(dir, entry)));
}

/** Where Next is listed: a package that shares React with the app has to be resolved from the same place. */
function findManifest(tree: ReadTree, root: string): string {
  const own = readJsonFile(tree, inDir(root, 'package.json'));
  const listed = { ...(own?.['dependencies'] as object | undefined), ...(own?.['devDependencies'] as object | undefined) };
  return 'next' in listed ? inDir(root, 'package.json') : 'package.json';
}

function readDependencies(tree: ReadTree, root: string): Record<string, string> {
  const manifests = [...new Set(['package.json', inDir(root, 'package.json')])].map((path) => readJsonFile(tree, path));
  return Object.assign({}, ...manifests.flatMap((manifest) => [manifest?.['devDependencies'], manifest?.['dependencies']]));
}

function readNextVersion(tree: ReadTree, root: string, declared: string | undefined): string | undefined {
  for (const dir of new Set([root, '.'])) {
    const installed = readJsonFile(tree, inDir(dir, 'node_modules/next/package.json'))?.['version'];
    if (typeof installed === 'string' && valid(installed)) return installed;
  }
  if (declared === undefined) return undefined;
  const range = declared.startsWith('catalog:') ? readCatalog(tree, declared, 'next') : declared;
  if (range === undefined) return undefined;
  try {
    return minVersion(range)?.version;
  } catch {
    // A tag or a protocol ("latest", "npm:next@canary") is no range; a version inside it still tells the major.
    return coerce(range)?.version;
  }
}
