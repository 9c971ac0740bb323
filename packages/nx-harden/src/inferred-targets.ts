/**
 * The targets that an app gets by what is on in it. It is on Nx's hot path (the inferred plugin calls it), so it
 * imports nothing but types.
 */
import type { TargetConfiguration } from '@nx/devkit';

type Recorded = Record<string, { targets?: Record<string, string>; files?: Record<string, string>; options?: Record<string, unknown> }>;

const IN_APP = { cwd: '{projectRoot}' };
/** A dependency's own sources count as well; `CI` decides whether coverage is measured. */
const TEST_INPUTS = ['default', '^default', { env: 'CI' }];

const BROWSER_TESTS: TargetConfiguration = {
  // The tests look at the app as it is in production.
  dependsOn: ['build'],
  inputs: [
    'default',
    '^default',
    ...['CI', 'E2E_SHARD', 'PLAYWRIGHT_CHROMIUM_PATH'].map((env) => ({ env })),
    // What runs elsewhere changes without a change here, so nothing that was seen there is taken from the cache.
    { runtime: 'node -p "process.env.BASE_URL ? Date.now() : 0"' },
  ],
  outputs: ['playwright', 'playwright-report', 'playwright.json', 'blob-report'].map((output) => `{projectRoot}/test-output/${output}`).concat('{projectRoot}/e2e/accessibility-known'),
};

/**
 * Targets by their kind, as a capability names it to `run.target(name, kind)` and `hardening.json` records it. A kind
 * that says nothing of how a target is run adds to the one that another plugin infers.
 */
const KINDS: Record<string, (recorded: Recorded) => TargetConfiguration> = {
  vitest: () => ({
    command: 'vitest run',
    options: IN_APP,
    cache: true,
    // A library of the workspace may be found by what its build writes.
    dependsOn: ['^build'],
    inputs: TEST_INPUTS,
    outputs: ['{projectRoot}/test-output/vitest'],
    metadata: { technologies: ['vitest'], description: 'Runs the unit tests' },
  }),
  'vitest-watch': () => ({
    command: 'vitest --watch --coverage.enabled=false',
    options: IN_APP,
    continuous: true,
    metadata: { technologies: ['vitest'], description: 'Runs the unit tests again on each change' },
  }),
  jest: () => ({
    command: 'jest',
    options: IN_APP,
    cache: true,
    dependsOn: ['^build'],
    inputs: TEST_INPUTS,
    metadata: { technologies: ['jest'], description: 'Runs the unit tests' },
  }),
  coverage: () => ({
    executor: '@chronos/nx-harden:coverage',
    dependsOn: ['^build'],
    metadata: { technologies: ['vitest'], description: 'Runs the unit tests with coverage, and raises its floor' },
  }),
  playwright: () => ({
    command: 'playwright test',
    options: IN_APP,
    cache: true,
    ...BROWSER_TESTS,
    metadata: { technologies: ['playwright'], description: 'Runs the end-to-end tests' },
  }),
  'playwright-build': () => BROWSER_TESTS,
  'backup-db': (recorded) => databaseTarget('backup-db', 'Backs the database up', backupOptions(recorded)),
  'restore-db': (recorded) => databaseTarget('restore-db', 'Lists the backups of the database, or restores one', restoreOptions(recorded)),
  'verify-backup': (recorded) => databaseTarget('verify-backup', 'Restores the newest backup into a scratch database, and compares', { ...restoreOptions(recorded), ...picked(recorded, ['checkQuery']) }),
  'rate-limit-redis': () => ({
    executor: '@chronos/nx-harden:rate-limit-redis',
    cache: false,
    continuous: true,
    metadata: { technologies: ['redis'], description: 'Serves a Redis of this machine as Upstash would, for the limits of requests' },
  }),
  'rate-limit-bypass': () => ({
    executor: '@chronos/nx-harden:rate-limit-bypass',
    cache: false,
    metadata: { technologies: ['redis'], description: "Prints a header that lets a load test past the limits, for a while" },
  }),
  uptime: () => ({
    executor: '@chronos/nx-harden:uptime',
    // What it looks at lies outside the workspace.
    cache: false,
    metadata: { technologies: ['betterstack'], description: 'Says what the uptime monitors lack of uptime.json, or brings it there' },
  }),
  typecheck: (recorded) => typeCheck(false, recorded),
  'typecheck-with-typegen': (recorded) => typeCheck(true, recorded),
};

/** A target that works on a database. What it does lies outside the workspace, so it is never taken from the cache. */
function databaseTarget(executor: string, description: string, options: Record<string, unknown>): TargetConfiguration {
  return { executor: `@chronos/nx-harden:${executor}`, options, cache: false, metadata: { technologies: ['postgresql'], description } };
}

/** What was chosen of the capability `backup`. How long backups are kept is its schema's default where nobody chose; the rest are the executors' own. */
function backupOptions(recorded: Recorded): Record<string, unknown> {
  const options = picked(recorded, ['to', 'connection', 'secretId', 'region', 'jobs', 'encryptTo']);
  // The bucket deletes, and the role of the job cannot.
  if (recorded['backup']?.options?.['deletes'] === 'lifecycle') return { ...options, prune: 'off' };
  return { ...options, keepDays: 30, ...picked(recorded, ['keepDays', 'keepMinimum', 'keepDaily', 'keepWeekly', 'keepMonthly', 'keepYearly']) };
}

function restoreOptions(recorded: Recorded): Record<string, unknown> {
  const { to, ...options } = picked(recorded, ['to', 'region', 'jobs']);
  return { ...(to !== undefined && { from: to }), ...options };
}

/** An empty text takes a choice back. */
function picked(recorded: Recorded, names: readonly string[]): Record<string, unknown> {
  const options = recorded['backup']?.options ?? {};
  return Object.fromEntries(names.filter((name) => name in options && options[name] !== '').map((name) => [name, options[name]]));
}

/** Folders of ours have a tsconfig of their own, for what the app's leaves out. */
function typeCheck(typegen: boolean, recorded: Recorded): TargetConfiguration {
  const folders = ['test', 'e2e'].filter((folder) => Object.values(recorded).some(({ files }) => files !== undefined && `${folder}/tsconfig.json` in files));
  return {
    executor: '@chronos/nx-harden:typecheck',
    options: { typegen, tsConfig: ['tsconfig.json', ...folders.map((folder) => `${folder}/tsconfig.json`)] },
    cache: true,
    dependsOn: ['^build'],
    inputs: ['default', '^default', '{workspaceRoot}/tsconfig*.json'],
    metadata: { technologies: ['typescript'], description: 'Checks the types, without a build' },
  };
}

/** The targets of an app, of the kinds that its `hardening.json` records. A kind of a newer version of the plugin is left out. */
export function inferredTargets(capabilities: Recorded): Record<string, TargetConfiguration> {
  const named = Object.values(capabilities).flatMap(({ targets }) => Object.entries(targets ?? {}));
  return Object.fromEntries(named.flatMap(([name, kind]) => (KINDS[kind] ? [[name, KINDS[kind](capabilities)]] : [])));
}
