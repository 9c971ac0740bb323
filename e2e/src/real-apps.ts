import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run, type RunOptions } from './shell.ts';
import { editJson, put } from './workspace.ts';

/** An app that somebody else's generator makes. */
export interface RealApp {
  title: string;
  /** Makes the app in `<apps>/web`. */
  create: (apps: string) => Promise<void>;
  /** What is left to do once its dependencies are there. */
  prepare?: (app: string) => Promise<void>;
  /** Pages that are looked at. */
  paths: string[];
  /** For an app of which nothing can be tested by itself: what its team could begin with. */
  firstTest?: string;
  /** Pages that the end-to-end tests leave out here, since they load something from the internet. */
  ignoreRoutes?: string[];
  /** Hosts that its own pages load from, as its team would tell the policy: "img-src https://media.example.com". */
  cspSources?: string[];
}

const npx = (cwd: string, args: string[], options: RunOptions = {}): Promise<string> => run('npx', ['--yes', ...args], cwd, options);
const createNextApp = (apps: string, options: string[]): Promise<string> =>
  npx(apps, ['create-next-app@16.4.3', 'web', '--app', '--import-alias', '@/*', '--use-pnpm', '--skip-install', '--disable-git', '--yes', ...options]);

export const REAL_APPS: RealApp[] = [
  {
    title: 'create-next-app: Next 16, TypeScript, Tailwind',
    paths: ['/'],
    create: async (apps) => {
      await createNextApp(apps, ['--ts', '--tailwind', '--eslint', '--no-src-dir']);
      await withoutGoogleFonts(join(apps, 'web/app/layout.tsx'));
    },
  },
  {
    title: 'create-t3-app: Next 15, tRPC, env.js',
    paths: ['/'],
    firstTest: "import { expect, it } from 'vitest';\nimport { metadata } from '~/app/layout';\n\nit('has a title', () => {\n  expect(metadata.title).toBe('Create T3 App');\n});\n",
    create: async (apps) => {
      await npx(apps, ['create-t3-app@7.40.0', 'web', '--CI', '--appRouter', '--noGit', '--noInstall', '--tailwind', '--trpc', '--dbProvider', 'postgres']);
      await withoutGoogleFonts(join(apps, 'web/src/app/layout.tsx'));
    },
  },
  {
    title: 'create-payload-app: Payload 3, site and admin',
    paths: ['/', '/admin', '/my-route'],
    firstTest: "import { expect, it } from 'vitest';\nimport { Users } from '@/collections/Users';\n\nit('lets users log in', () => {\n  expect(Users.auth).toBe(true);\n});\n",
    ignoreRoutes: ['/'],
    cspSources: ['img-src https://raw.githubusercontent.com'],
    create: async (apps) => {
      await createNextApp(apps, ['--ts', '--no-tailwind', '--no-linter', '--src-dir', '--empty']);
      const app = join(apps, 'web');
      // Payload brings the pages, and wants no root layout beside its own.
      for (const file of ['layout.tsx', 'page.tsx']) await rm(join(app, 'src/app', file));
      // Next's newest default, which Payload does not know yet.
      await edit(join(app, 'next.config.ts'), (config) => config.replace(/ *(cacheComponents|partialPrefetching): true,\n/g, ''));
      // The one database of Payload that is a file.
      const database = ['--db', 'sqlite', '--db-connection-string', 'file:./web.db'];
      // It asks whether to go on, and has no flag for that.
      await npx(app, ['create-payload-app@3.90.2', '-n', 'web', '--use-pnpm', '--no-deps', '--no-agent', ...database], { answer: { to: 'Install Payload in this project?', with: '\r' } });
      await editJson(join(app, 'package.json'), (manifest) => {
        // Payload's own command line needs it.
        manifest['type'] = 'module';
        const dependencies = manifest['dependencies'] as Record<string, string>;
        // Its config imports sharp and its installer leaves that out. GraphQL: the version that goes with it.
        Object.assign(dependencies, { sharp: '0.35.5', graphql: '16.12.0', next: '16.4.6', react: '19.3.1', 'react-dom': '19.3.1' });
      });
    },
    prepare: async (app) => {
      await run('pnpm', ['exec', 'payload', 'migrate:create', 'first'], app);
      await run('pnpm', ['exec', 'payload', 'migrate'], app);
    },
  },
];

/** Google's fonts are fetched while building: a test does without the internet. */
async function withoutGoogleFonts(layout: string): Promise<void> {
  await edit(layout, (source) => source.replace(/(["'])next\/font\/google\1/, '"./fonts"'));
  const font = 'export const Geist = (_: object) => ({ className: "", variable: "" });\nexport const Geist_Mono = Geist;\n';
  await put(join(layout, '../fonts.ts'), font);
}

async function edit(path: string, change: (content: string) => string): Promise<void> {
  const before = await readFile(path, 'utf-8');
  const after = change(before);
  if (after === before) throw new Error(`${path} is not as it was expected: nothing was replaced in\n${before}`);
  await writeFile(path, after);
}
