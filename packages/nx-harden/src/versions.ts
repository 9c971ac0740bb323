/**
 * What we put into apps and workflows, each with the reason for its version. Nothing else in the code names one.
 */

/** A GitHub Action, pinned to a commit: a tag can be moved to other code, a commit cannot. */
export interface ActionPin {
  sha: string;
  /** For people, and for Dependabot and Renovate, which update both. */
  tag: string;
}

/** All run on Node 24; the runners no longer have Node 20. */
export const ACTIONS = {
  'actions/checkout': { sha: '3d3c42e5aac5ba805825da76410c181273ba90b1', tag: 'v7.0.1' },
  'actions/setup-node': { sha: '820762786026740c76f36085b0efc47a31fe5020', tag: 'v7.0.0' },
  'actions/cache': { sha: '27d5ce7f107fe9357f9df03efb73ab90386fccae', tag: 'v5.0.5' },
  'actions/upload-artifact': { sha: '043fb46d1a93c77aae656e7c1c64a875d1fc6a0a', tag: 'v7.0.1' },
  'actions/download-artifact': { sha: '3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c', tag: 'v8.0.1' },
  // 6.0.9 is the first of version 6 that minds package.json's packageManager.
  'pnpm/action-setup': { sha: '0ebf47130e4866e96fce0953f49152a61190b271', tag: 'v6.0.9' },
  'aws-actions/configure-aws-credentials': { sha: 'e6de054238d6b7531b4efff3b6587d9aade6a06c', tag: 'v6.2.3' },
  'nrwl/nx-set-shas': { sha: 'afb73a62d26e41464e9254689e1fd6122ee683c1', tag: 'v5.0.1' },
} satisfies Record<string, ActionPin>;

/** Newest whose dependencies are all published: 61 to 64.0.2 ask for packages that the registry does not have. */
export const VERCEL_CLI = '60.1.3';

/** The database of a job that serves an app: a major that Lightsail has, so that its SQL is what production understands. */
export const POSTGRES = '17';

/** For a workspace that says neither in .nvmrc nor in engines which Node it wants: the active LTS. */
export const NODE = '24';

/** For a workspace that does not pin `packageManager`. */
export const PACKAGE_MANAGERS = {
  /** Reads the lockfile version 9.0 that pnpm 9 to 12 write. */
  pnpm: '12',
  /** The last that reads `onlyBuiltDependencies`, for a workspace that has it. */
  pnpmBeforeAllowBuilds: '10',
  bun: '1.4.5',
};

/** A package for apps, newest first; the first whose `node` and `peer` fit what the workspace has is taken. */
export interface PackageChoice {
  range: string;
  /** The Node that it runs on, as its `engines` say. */
  node: string;
}

/** Pinned to the minor, since `@vitest/coverage-v8` takes its own version of vitest alone. */
export const VITEST: readonly PackageChoice[] = [
  { range: '~5.1.1', node: '^22.12.0 || ^24.0.0 || >=26.0.0' },
  { range: '~4.1.12', node: '^20.0.0 || ^22.0.0 || >=24.0.0' },
  { range: '~3.2.4', node: '^18.0.0 || ^20.0.0 || >=22.0.0' },
];
/** 28 and later ask for Nodes of late 2025. */
export const JSDOM: readonly PackageChoice[] = [
  { range: '^31.0.1', node: '^22.22.2 || ^24.15.0 || >=26.0.0' },
  { range: '^27.4.0', node: '>=20.19.0' },
  { range: '^26.1.0', node: '>=18' },
];
export const JEST_DOM: readonly PackageChoice[] = [
  { range: '^7.0.1', node: '>=22' },
  { range: '^6.9.1', node: '>=14' },
];
/** Version 6 is for Vite 8 alone; 5.2 is the last that takes the ones before. */
export const PLUGIN_REACT = { vite8: '^6.3.0', before: '^5.2.0' };
export const TEST_PACKAGES = {
  /** The first that resolves the paths of a tsconfig by itself. */
  vite: '^8.0.0',
  /** For Vitest 3, which runs on none newer. */
  viteBefore8: '^7.0.0',
  'happy-dom': '^21.0.4',
  '@testing-library/react': '^16.3.3',
  /** A peer of the one above since its version 16. */
  '@testing-library/dom': '^10.4.2',
  'vite-tsconfig-paths': '^6.1.1',
};

/** 12.1 and later ask for Node 22; 13 minds .gitignore, and so needs a flag to see what is added by force. */
export const SECRETLINT: readonly PackageChoice[] = [
  { range: '^13.0.6', node: '>=22.0.0' },
  { range: '^11.7.1', node: '>=20.0.0' },
];
/** The first major in which a config's `extends` and `{staged_files}` are what they are today is 1; 2 is maintained. */
export const LEFTHOOK = '^2.2.2';
/** 9 is the first that runs its hooks by sh, so that they need no permission to be run. */
export const HUSKY = '^9.1.7';

/** The first that waits for a line of the server's output, and so can take a free port, is 1.57. */
export const PLAYWRIGHT = '~1.65.1';
/** 4.14 is the first that asks for Node 22. */
export const AXE_PLAYWRIGHT: readonly PackageChoice[] = [
  { range: '^4.14.0', node: '>=22.12.0' },
  { range: '~4.13.0', node: '>=18' },
];

/** What the limiter in an app runs with. */
export const RATE_LIMIT_PACKAGES = {
  /** The first whose `signal` may be a function, so that each request has a time limit of its own, is 1.34. */
  '@upstash/redis': '^1.39.0',
  /** Under a name of its own: Next compiles matchers by version 6, and 8 reads them otherwise. */
  'path-to-regexp-6': 'npm:path-to-regexp@^6.3.0',
};

/** What the backups load when they are used, each the version that they are tested with. */
export const BACKUP_PACKAGES = {
  /** Since 3.729 the SDK sends a checksum with each upload by itself. */
  '@aws-sdk/client-s3': '^3.1175.0',
  '@aws-sdk/client-secrets-manager': '^3.1164.0',
  /** Before 1.0 a minor may break. */
  'age-encryption': '^0.3.1',
};

/** What reports errors from an app. */
export const SENTRY_PACKAGES = {
  /** The newest whose dependencies are all published: 11.6 to 11.8 ask for a @sentry/cloudflare that the registry does not have. */
  '@sentry/nextjs': '~11.5.0',
};

/** What the health check in an app asks PostgreSQL with. */
export const HEALTH_PACKAGES = {
  /** Before 8.16 it has no ES module, which bundlers ask for. */
  pg: '^8.20.0',
  /** Of the same major. */
  '@types/pg': '^8.20.0',
};

/** What loads Vercel's scripts into the pages: the major that takes their addresses from Vercel's build, where they are other than the well-known ones. */
export const ANALYTICS_PACKAGES: Record<string, string> = {
  '@vercel/analytics': '^2.0.1',
  '@vercel/speed-insights': '^2.0.0',
};
