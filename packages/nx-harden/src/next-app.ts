import type { ReadTree } from './capability';

export type PackageManagerName = 'pnpm' | 'npm' | 'yarn' | 'bun';

/** All that is known of the target app, found once by `readNextApp`. Paths are relative to the workspace root. */
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
  /** Installed version, else the lowest that the range allows; undefined when neither can be read (`workspace:*`). */
  nextVersion?: string;
  nextMajor: number;
  /** The config that Next loads; undefined when the app has none. */
  configFile?: string;
  /** Layouts that render `<html>`, whoever wrote them. */
  rootLayouts: string[];
  /** `proxy.*` or `middleware.*`, where Next reads it. */
  proxyFile?: string;
  /** Dependencies as the app and the workspace declare them (the app's win), by name. */
  dependencies: Record<string, string>;
  packageManager: { name: PackageManagerName; version?: string };
  defaultBranch: string;
  /** Nx's installed version, where it can be read. */
  nxVersion?: string;
}

/** `dir/file`, where `.` is the workspace root. */
export function inDir(dir: string, file: string): string {
  return dir === '.' || dir === '' ? file : `${dir}/${file}`;
}

export type { ReadTree };
