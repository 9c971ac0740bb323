import { getProjects, type Tree } from '@nx/devkit';
import type { ReadTree } from './capability';
import { readJsonFile } from './package-manager';

/** A project as Nx knows it, reduced to what is needed to find an app. */
export interface ProjectPlace {
  name: string;
  root: string;
}

const NEXT_CONFIG = /^next\.config\.(js|mjs|cjs|ts|mts|cts)$/;

/** What a person types for a project: `@acme/web` is `web`. */
export function shortNameOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** Every project of the workspace that is a Next app, by root. */
export function findNextProjects(tree: Tree): ProjectPlace[] {
  return allProjects(tree).filter((project) => isNextProject(tree, project.root));
}

/**
 * The project that a person named: by Nx's name or its last part, or the only Next app when none is named.
 * Throws one error that lists the choices; the tree is only read.
 */
export function resolveProject(tree: Tree, given: string | undefined): ProjectPlace {
  const apps = findNextProjects(tree);
  const choices = apps.length > 0 ? `Next apps here: ${apps.map((app) => app.name).join(', ')}.` : 'This workspace has no Next app.';
  if (given === undefined || given === '') {
    const [only, ...others] = apps;
    if (only === undefined) throw new Error(`No Next app found: no project has a next.config file or depends on next. Add one with: nx g @nx/next:app apps/web`);
    if (others.length > 0) throw new Error(`Which app? Name one: nx g @chronos/nx-harden:<generator> <app>. ${choices}`);
    return only;
  }
  const all = allProjects(tree);
  const exact = all.find((project) => project.name === given);
  const named = exact ? [exact] : all.filter((project) => shortNameOf(project.name) === given);
  const [project, ...others] = named;
  if (project === undefined) throw new Error(`There is no project "${given}". ${choices}`);
  if (others.length > 0) {
    throw new Error(`"${given}" could be ${named.map((one) => one.name).join(' or ')}. Use the full name.`);
  }
  if (!isNextProject(tree, project.root)) {
    throw new Error(`${project.name} (${project.root}) is not a Next app: it has no next.config file and does not depend on next. ${choices}`);
  }
  return project;
}

function allProjects(tree: Tree): ProjectPlace[] {
  const places = [...getProjects(tree)].map(([name, { root }]) => ({ name, root }));
  const root = readJsonFile(tree, 'package.json');
  // A standalone app is a project to a person also before `nx init` has marked it as one.
  if (typeof root?.['name'] === 'string' && !places.some((place) => place.root === '.') && isNextProject(tree, '.')) {
    places.push({ name: root['name'], root: '.' });
  }
  return places.sort((a, b) => (a.root < b.root ? -1 : 1));
}

/** A root package.json lists `next` for all apps in an integrated workspace: only a config or pages make it an app itself. */
function isNextProject(tree: ReadTree, root: string): boolean {
  const files = tree.children(root);
  if (files.some((file) => NEXT_CONFIG.test(file))) return true;
  const manifest = readJsonFile(tree, root === '.' ? 'package.json' : `${root}/package.json`);
  const dependencies = { ...asRecord(manifest?.['dependencies']), ...asRecord(manifest?.['devDependencies']) };
  const hasRoutes = ['app', 'pages', 'src/app', 'src/pages'].some((dir) => tree.children(`${root}/${dir}`).length > 0);
  return 'next' in dependencies && hasRoutes;
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
