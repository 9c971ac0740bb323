import { minVersion, valid } from 'semver';
import type { ReadTree } from '../../capability';
import { inDir, type NextApp } from '../../next-app';
import { readCatalog, readJsonFile } from '../../package-manager';

export const SDK = '@sentry/nextjs';
/** Below it the options are others, and its integrations too. */
const OLDEST_MAJOR = 10;
/** The first that collects personal data unless `dataCollection` says otherwise. */
const DATA_COLLECTION_MAJOR = 11;
/** Next's own hook for the browser; before it the SDK's webpack plugin takes `sentry.client.config`. */
const CLIENT_INSTRUMENTATION = [15, 3] as const;
/** The first whose default bundler, Turbopack, does not take `sentry.client.config`. */
const TURBOPACK = 16;
/** Next 13 has no stable `instrumentation`. */
const OLDEST_NEXT = 14;

/** Major of the SDK that the app has; undefined where it has none, or one that no version says. */
export function sdkMajor(tree: ReadTree, app: NextApp): number | undefined {
  for (const dir of new Set([app.root, '.'])) {
    const installed = readJsonFile(tree, inDir(dir, `node_modules/${SDK}/package.json`))?.['version'];
    if (typeof installed === 'string' && valid(installed)) return Number(installed.split('.')[0]);
  }
  const listed = app.dependencies[SDK];
  const declared = listed?.startsWith('catalog:') ? readCatalog(tree, listed, SDK) : listed;
  try {
    return declared === undefined ? undefined : minVersion(declared)?.major;
  } catch {
    // A tag or a protocol: whatever it is, it is not an old one.
    return undefined;
  }
}

/** Why nothing can be put into this app; undefined where something can. */
export function unsupported(tree: ReadTree, app: NextApp): string | undefined {
  const major = sdkMajor(tree, app);
  if (major !== undefined && major < OLDEST_MAJOR) return `It has ${SDK} ${major}, whose set-up is another one`;
  return app.nextMajor < OLDEST_NEXT ? `Sentry needs Next ${OLDEST_NEXT} or later` : undefined;
}

/** Whether the SDK takes `dataCollection`, and has `withSentryConfig` in a module of its own. */
export function isCurrent(tree: ReadTree, app: NextApp): boolean {
  return (sdkMajor(tree, app) ?? DATA_COLLECTION_MAJOR) >= DATA_COLLECTION_MAJOR;
}

/** Where a script may lie that runs first in the browser, without its ending, the one that wins first. */
export function clientPlaces(app: NextApp): string[] {
  // Next looks in src/ first, wherever app/ lies; the SDK looks in the app's folder alone.
  const own = hasClientHook(app) ? [inDir(app.root, 'src/instrumentation-client'), inDir(app.root, 'instrumentation-client')] : [];
  return app.nextMajor < TURBOPACK ? [...own, inDir(app.root, 'sentry.client.config')] : own;
}

/** Where ours goes, in an app that has none. */
export function clientFile(app: NextApp): string {
  return hasClientHook(app) ? inDir(app.baseDir, `instrumentation-client.${app.language}`) : inDir(app.root, `sentry.client.config.${app.language}`);
}

function hasClientHook({ nextMajor, nextVersion = '' }: NextApp): boolean {
  const [major = nextMajor, minor = 0] = nextVersion.split('.').filter(Boolean).map(Number);
  return major > CLIENT_INSTRUMENTATION[0] || (major === CLIENT_INSTRUMENTATION[0] && minor >= CLIENT_INSTRUMENTATION[1]);
}

/** A file that Next knows by its name, with an ending that the app's config lets count. */
export function conventional({ pageExtensions, language }: NextApp, stem: string, kind: 'script' | 'component'): string {
  const wanted = { ts: { script: ['ts', 'tsx'], component: ['tsx'] }, js: { script: ['js', 'jsx'], component: ['jsx', 'js'] } }[language][kind];
  const endings = wanted.flatMap((one) => [pageExtensions.find((ending) => ending === one), pageExtensions.find((ending) => ending.endsWith(`.${one}`))]);
  return `${stem}.${endings.find(Boolean) ?? wanted[0]}`;
}
