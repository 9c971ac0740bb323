import { minVersion, valid } from 'semver';
import type { ReadTree } from '../../capability';
import { inDir, type NextApp } from '../../next-app';
import { readJsonFile } from '../../package-manager';

export const SDK = '@sentry/nextjs';
/** Below it the options are others, and its integrations too. */
const OLDEST_MAJOR = 10;
/** The first that collects personal data unless `dataCollection` says otherwise. */
const DATA_COLLECTION_MAJOR = 11;
/** Next's own hook for the browser; before it the SDK's webpack plugin takes `sentry.client.config`. */
const CLIENT_INSTRUMENTATION = [15, 3] as const;
/** Next 13 has no stable `instrumentation`. */
const OLDEST_NEXT = 14;

/** Major of the SDK that the app has; undefined where it has none, or one that no version says. */
export function sdkMajor(tree: ReadTree, app: NextApp): number | undefined {
  for (const dir of new Set([app.root, '.'])) {
    const installed = readJsonFile(tree, inDir(dir, `node_modules/${SDK}/package.json`))?.['version'];
    if (typeof installed === 'string' && valid(installed)) return Number(installed.split('.')[0]);
  }
  const declared = app.dependencies[SDK];
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

/** The script that runs first in the browser. */
export function clientFile(app: NextApp): string {
  const [major = app.nextMajor, minor = 0] = (app.nextVersion ?? '').split('.').filter(Boolean).map(Number);
  const hasHook = major > CLIENT_INSTRUMENTATION[0] || (major === CLIENT_INSTRUMENTATION[0] && minor >= CLIENT_INSTRUMENTATION[1]);
  // The SDK looks for its own in the app's folder alone.
  return hasHook ? inDir(app.baseDir, `instrumentation-client.${app.language}`) : inDir(app.root, `sentry.client.config.${app.language}`);
}

/** Where Next looks for the server's `instrumentation`: by the endings that the config names. */
export function instrumentationFile(app: NextApp): string {
  const endings = app.pageExtensions;
  const ending = endings.find((one) => one === app.language) ?? endings.find((one) => one.endsWith(`.${app.language}`)) ?? app.language;
  return inDir(app.baseDir, `instrumentation.${ending}`);
}
