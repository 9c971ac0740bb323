/** The user's own app for the demo: found, copied, and given a workspace where it has none. */
import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { createWorkspaceAround } from '../e2e/src/workspace-around.ts';
import { run } from '../e2e/src/shell.ts';
import { DemoError } from './demo-progress.mjs';

/** What is made anew in the copy, or would make it point at the original. */
const NOT_COPIED = new Set(['node_modules', '.git', '.next', '.nx', '.turbo', '.vercel']);

/** @typedef {'pnpm' | 'npm' | 'yarn' | 'bun'} PackageManager */
/** @typedef {{ dir: string, appRoot: string | undefined }} CopiedWorkspace - `appRoot` is undefined for a path that is the workspace itself */

/**
 * Copies the workspace that a path lies in. An app outside of any Nx workspace is put into a new one.
 * @param {string} given
 * @param {string} parent - folder that the copy goes into
 * @returns {Promise<CopiedWorkspace>}
 */
export async function copyUserApp(given, parent) {
  const path = resolve(given);
  if (!existsSync(join(path, 'package.json'))) throw new DemoError(`--app ${given}: there is no package.json in ${path}. Give the folder of a Next app, or of an Nx workspace.`);
  const root = findWorkspaceRoot(path);
  if (root === undefined) {
    const dir = join(parent, `${basename(path)}-workspace`);
    await createWorkspaceAround(dir, (apps) => copyFolder(path, join(apps, 'web')));
    return { dir, appRoot: 'apps/web' };
  }
  const dir = join(parent, basename(root));
  await copyFolder(root, dir);
  return { dir, appRoot: relative(root, path) || undefined };
}

/**
 * @param {string} from
 * @param {string} to
 */
async function copyFolder(from, to) {
  await mkdir(dirname(to), { recursive: true });
  // The paths within alone decide: the original itself may lie below a folder of such a name.
  await cp(from, to, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => !relative(from, source).split(sep).some((part) => NOT_COPIED.has(part)),
  });
}

/** @param {string} path @returns {string | undefined} */
function findWorkspaceRoot(path) {
  if (existsSync(join(path, 'nx.json'))) return path;
  return dirname(path) === path ? undefined : findWorkspaceRoot(dirname(path));
}

/**
 * By the lockfile that lies in the workspace.
 * @param {string} dir
 * @returns {PackageManager}
 */
export function packageManagerOf(dir) {
  const found = /** @type {const} */ ([
    ['package-lock.json', 'npm'],
    ['yarn.lock', 'yarn'],
    ['bun.lock', 'bun'],
    ['bun.lockb', 'bun'],
  ]).find(([lockfile]) => existsSync(join(dir, lockfile)));
  return found?.[1] ?? 'pnpm';
}

/**
 * Installs what the workspace declares, and the plugin's tarball with it.
 * @param {string} dir
 * @param {string} tarball
 * @param {(line: string) => void} onLine
 */
export async function installWith(dir, tarball, onLine) {
  const manager = packageManagerOf(dir);
  const isPnpmWorkspace = existsSync(join(dir, 'pnpm-workspace.yaml'));
  const add = {
    pnpm: ['add', '-D', ...(isPnpmWorkspace ? ['-w'] : []), tarball],
    npm: ['install', '-D', '--no-audit', '--no-fund', tarball],
    yarn: ['add', '-D', ...(await isYarnClassic(dir) ? ['-W'] : []), tarball],
    bun: ['add', '-d', tarball],
  }[manager];
  await run(manager, ['install'], dir, { onLine });
  await run(manager, add, dir, { onLine });
}

/** @param {string} dir */
async function isYarnClassic(dir) {
  return packageManagerOf(dir) === 'yarn' && (await readFile(join(dir, 'yarn.lock'), 'utf-8')).includes('# yarn lockfile v1');
}

/**
 * The app to harden, as Nx names it. Asks Nx which projects the plugin found to be Next apps.
 * @param {CopiedWorkspace} workspace
 * @returns {Promise<{ name: string, root: string }>}
 */
export async function chooseApp({ dir, appRoot }) {
  const nx = join(dir, 'node_modules/.bin/nx');
  const names = /** @type {string[]} */ (JSON.parse(await run(nx, ['show', 'projects', '--with-target', 'audit', '--json'], dir)));
  const apps = [];
  for (const name of names) {
    const { root } = JSON.parse(await run(nx, ['show', 'project', name, '--json'], dir));
    apps.push({ name, root });
  }
  const fitting = appRoot === undefined ? apps : apps.filter(({ root }) => root === appRoot);
  const [app, ...others] = fitting;
  const choices = apps.length > 0 ? `Next apps here: ${apps.map(({ root }) => root).join(', ')}.` : `No Next app was found among: ${(await readdir(dir)).join(', ')}.`;
  if (!app) throw new DemoError(`${appRoot ?? 'This workspace'} is not a Next app. ${choices}`);
  if (others.length > 0) throw new DemoError(`There are several apps. Give the path of one with --app. ${choices}`);
  return app;
}
