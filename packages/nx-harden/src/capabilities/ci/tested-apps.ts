import type { ActiveCapabilities, ReadTree } from '../../capability';
import { inDir, type NextApp } from '../../next-app';
import { readJsonFile } from '../../package-manager';
import type { CiOptions } from './schema';

/** An app that has CI on, with its options, and all that is on in it. */
export interface CiApp {
  app: NextApp;
  options: CiOptions;
  active: ActiveCapabilities;
}

/** The apps whose unit tests report where we look: those that have our Vitest. */
export function appsWithUnitTests(apps: readonly CiApp[]): NextApp[] {
  return apps.filter((one) => ownsFile(one, 'vitest', /^vitest\.config\./)).map(({ app }) => app);
}

/** The apps that have our Playwright: its tests can be split, report where we look, and run against any address. */
export function appsWithBrowserTests(apps: readonly CiApp[]): CiApp[] {
  return apps.filter((one) => ownsFile(one, 'playwright', /^playwright\.config\./));
}

/** Whether any app's tests report where we look. */
export function isAnyTested(apps: readonly CiApp[]): boolean {
  return appsWithUnitTests(apps).length + appsWithBrowserTests(apps).length > 0;
}

/** Into how many jobs the end-to-end tests are split: the most that any app asks for. */
export function shardsOf(apps: readonly CiApp[]): number {
  return Math.max(1, ...appsWithBrowserTests(apps).map(({ active }) => Number(active['playwright']?.options['shards'] ?? 1)));
}

/** Where Playwright is installed, and so can be called: an app that lists it, else the workspace; undefined where nobody has it. */
export function playwrightDir(tree: ReadTree, apps: readonly NextApp[]): string | undefined {
  const lists = (dir: string): boolean => {
    const manifest = readJsonFile(tree, inDir(dir, 'package.json'));
    const names = { ...(manifest?.['dependencies'] as object | undefined), ...(manifest?.['devDependencies'] as object | undefined) };
    return ['@playwright/test', 'playwright'].some((name) => name in names);
  };
  return apps.map(({ root }) => root).find(lists) ?? (lists('.') ? '.' : undefined);
}

function ownsFile({ active }: CiApp, id: string, file: RegExp): boolean {
  return Object.keys(active[id]?.files ?? {}).some((recorded) => file.test(recorded));
}
