import type { ReadTree } from '../../capability';
import type { NextApp } from '../../next-app';
import { POSTGRES } from '../../versions';
import { renderPart, renderSteps } from './parts';
import { uses, type Setup } from './setup';
import { appsWithBrowserTests, playwrightDir, shardsOf, type CiApp } from './tested-apps';

export const SUMMARY = '.github/nx-harden/test-summary.mjs';

/** What the jobs of the end-to-end tests share with the others of the workflow. */
export interface E2eParts {
  setup: Setup;
  /** With the commits to compare with, and without. */
  setupSteps: string;
  plainSetupSteps: string;
  cacheSteps: string;
  taskEnv: string;
  /** What the app reads, and nothing of Nx's. */
  appEnv: string;
  /** Whether a build is given the address of a database. */
  wantsDatabase: boolean;
}

/** The job that runs the end-to-end tests, and where they are split, the one that puts their reports together. */
export function e2eJobs(tree: ReadTree, apps: readonly CiApp[], parts: E2eParts): string {
  const shards = shardsOf(apps);
  const ours = appsWithBrowserTests(apps).map(({ app }) => ({ root: app.root, slug: slugOf(app) }));
  const { exec } = parts.setup;
  const report = resultsSteps('playwright', 'e2e-report', ours.map(({ root }) => root));
  const job = renderPart('e2e-job.yml', {
    exec,
    shards,
    shardNames: Array.from({ length: shards }, (_, index) => `'${index + 1}/${shards}'`).join(', '),
    services: parts.wantsDatabase ? renderSteps('postgres-service.yml', { postgres: POSTGRES }) : '',
    setupSteps: parts.setupSteps,
    cacheSteps: parts.cacheSteps,
    browserSteps: browserSteps(tree, apps, exec),
    migrateSteps: parts.wantsDatabase ? migrateSteps(tree, apps, exec, parts.appEnv) : '',
    taskEnv: parts.taskEnv,
    resultsSteps: shards > 1 ? renderSteps('part-steps.yml', { uses, apps: ours }) : report,
  });
  if (shards === 1) return job;
  return job + renderPart('e2e-report-job.yml', { uses, exec, setupSteps: parts.plainSetupSteps, apps: ours, resultsSteps: report });
}

/** The steps of a preview's job that run an app's own end-to-end tests against it; none where they are not ours. */
export function previewTests(tree: ReadTree, one: CiApp, exec: string): string {
  if (appsWithBrowserTests([one]).length === 0) return '';
  const { root } = one.app;
  return renderPart('preview-tests.yml', { exec, root, browserSteps: browserSteps(tree, [one], exec), resultsSteps: resultsSteps('playwright', `preview-report-${slugOf(one.app)}`, [root]) });
}

/** The steps that say what the tests came to, and keep it; none where no app reports in our way. */
export function resultsSteps(kind: 'vitest' | 'playwright', name: string, roots: readonly string[]): string {
  const outputs = { vitest: ['vitest'], playwright: ['playwright.json', 'playwright-report', 'playwright'] }[kind];
  const paths = roots.flatMap((root) => outputs.map((output) => `${root === '.' ? '' : `${root}/`}test-output/${output}`));
  return roots.length > 0 ? renderSteps('results-steps.yml', { uses, kind, name, paths, apps: roots, summary: SUMMARY }) : '';
}

/** What a job's name and an artifact's may be made of. */
export function slugOf({ shortName, root }: NextApp): string {
  return (root === '.' ? shortName : root).replace(/[^\w-]+/g, '-').replace(/^-/, '');
}

/** It downloads its browsers by a command; Cypress does so when it is installed. */
function browserSteps(tree: ReadTree, apps: readonly CiApp[], exec: string): string {
  const dir = playwrightDir(tree, apps.map(({ app }) => app));
  if (dir === undefined) return '';
  // Ours runs in Chromium alone, as a desktop and as a phone; what a team's own config asks for is not known.
  const areOurs = appsWithBrowserTests(apps).length === apps.length;
  return renderSteps('browser-steps.yml', { uses, exec, dir, browsers: areOurs ? ' chromium' : '' });
}

/** The tables that the pages read, by the means of what the app keeps them with. */
function migrateSteps(tree: ReadTree, apps: readonly CiApp[], exec: string, appEnv: string): string {
  // The workspace may list a package that another app uses: its config tells whose it is.
  const has = ({ root, baseDir }: NextApp, file: RegExp): boolean => [root, baseDir].some((dir) => tree.children(dir).some((entry) => file.test(entry)));
  const migrate = (app: NextApp): string | undefined =>
    has(app, /^payload\.config\./) ? 'payload migrate' : has(app, /^prisma(\.config\..*)?$/) ? 'prisma migrate deploy' : has(app, /^drizzle\.config\./) ? 'drizzle-kit migrate' : undefined;
  return apps
    .flatMap(({ app }) => {
      const command = migrate(app);
      return command ? [`      - name: Make the tables of ${slugOf(app)}\n        run: ${exec} ${command}\n        working-directory: ${app.root}\n${appEnv}`] : [];
    })
    .join('\n');
}
