import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import type { Tree } from '@nx/devkit';

/** An app as a user may have it. `files` are workspace-relative; each stands for a shape that a protection has to cope with. */
export interface AppFixture {
  name: string;
  project: string;
  files: Record<string, string>;
  /** Capabilities whose check passes from the start: the team protects itself, and a finding would be a false alarm. */
  protects?: string[];
  /** Capabilities that the team has something of its own for, so that they write nothing of ours. */
  keeps?: string[];
  /** Capabilities that leave a step to a person here, by design; their check keeps failing until it is done. */
  manual?: string[];
}

const LAYOUT = `export default function RootLayout({ children }: { children: React.ReactNode }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
`;
const PAGE = `export default function Page() {\n  return <h1>Hello</h1>;\n}\n`;
const ESM_CONFIG = `const nextConfig = {};\n\nexport default nextConfig;\n`;
const CJS_CONFIG = `//@ts-check\n\n/** @type {import('next').NextConfig} */\nconst nextConfig = {};\n\nmodule.exports = nextConfig;\n`;

const json = (value: unknown): string => JSON.stringify(value, null, 2) + '\n';
const rootManifest = (more: object = {}): string => json({ name: '@acme/source', private: true, ...more });
const appManifest = (dependencies: Record<string, string>): string =>
  json({ name: '@acme/web', version: '0.0.1', private: true, dependencies });
const NEXT_ALONE = { next: '~16.4.6', react: '^19.0.0', 'react-dom': '^19.0.0' };
/** With a database, as most have one. */
const NEXT_16 = { ...NEXT_ALONE, pg: '^8.20.0' };
const PNPM = { 'pnpm-workspace.yaml': "packages:\n  - 'apps/*'\n", 'pnpm-lock.yaml': "lockfileVersion: '9.0'\n" };

export const fixtures: AppFixture[] = [
  {
    name: 'an app as create-nx-workspace makes it',
    project: 'web',
    files: {
      'package.json': rootManifest({ scripts: {} }),
      ...PNPM,
      'apps/web/package.json': appManifest(NEXT_16),
      'apps/web/tsconfig.json': '{}\n',
      'apps/web/next.config.js': CJS_CONFIG,
      'apps/web/src/app/layout.tsx': LAYOUT,
      'apps/web/src/app/page.tsx': PAGE,
    },
  },
  {
    name: 'an app with project.json, a TypeScript config and npm',
    project: 'shop',
    files: {
      'package.json': rootManifest({ dependencies: NEXT_16 }),
      'package-lock.json': json({ lockfileVersion: 3 }),
      '.nvmrc': '22\n',
      'apps/shop/project.json': json({ name: 'shop', root: 'apps/shop', targets: { build: { executor: '@nx/next:build' } } }),
      'apps/shop/tsconfig.json': '{}\n',
      'apps/shop/next.config.ts': `import type { NextConfig } from 'next';\n\nconst nextConfig: NextConfig = {\n  reactStrictMode: true,\n};\n\nexport default nextConfig;\n`,
      'apps/shop/app/layout.tsx': LAYOUT,
      'apps/shop/app/page.tsx': PAGE,
    },
  },
  {
    name: 'a Pages Router app in JavaScript on Next 14, with Nx plugins composed, and yarn',
    project: 'legacy',
    files: {
      'package.json': rootManifest({ dependencies: { next: '14.2.30', 'pg-promise': '^11.0.0' }, packageManager: 'yarn@4.9.2' }),
      'yarn.lock': '',
      'apps/legacy/project.json': json({ name: 'legacy', root: 'apps/legacy' }),
      'apps/legacy/next.config.js': `const { composePlugins, withNx } = require('@nx/next');\n\nconst nextConfig = { nx: {} };\nconst plugins = [withNx];\n\nmodule.exports = composePlugins(...plugins)(nextConfig);\n`,
      'apps/legacy/pages/index.js': PAGE,
      'apps/legacy/pages/api/hello.js': 'export default (req, res) => res.json({});\n',
    },
  },
  {
    name: 'a standalone app with a middleware on Next 15, and bun',
    project: '',
    files: {
      'package.json': json({ name: 'solo', private: true, nx: {}, dependencies: { next: '^15.3.0', react: '^19.0.0', '@prisma/client': '^6.0.0' } }),
      'bun.lock': '{}\n',
      'tsconfig.json': '{}\n',
      'next.config.mjs': `/** @type {import('next').NextConfig} */\nconst config = {\n  async headers() {\n    return [{ source: '/(.*)', headers: [{ key: 'X-Own', value: '1' }] }];\n  },\n};\n\nexport default config;\n`,
      'middleware.ts': `import { NextResponse } from 'next/server';\n\nexport function middleware() {\n  return NextResponse.next();\n}\n`,
      'app/layout.tsx': LAYOUT,
      'app/page.tsx': PAGE,
    },
  },
  {
    name: 'a Payload app with secrets and S3',
    project: '@acme/web',
    files: {
      'package.json': rootManifest(),
      ...PNPM,
      'apps/web/package.json': appManifest({ ...NEXT_16, payload: '3.90.2', '@payloadcms/next': '3.90.2', '@payloadcms/storage-s3': '3.90.2' }),
      'apps/web/tsconfig.json': '{}\n',
      'apps/web/.env.example': 'POSTGRES_URL=\nPAYLOAD_SECRET=\nS3_BUCKET=\nS3_REGION=\nNEXT_PUBLIC_SITE_URL=http://localhost:3000\n',
      'apps/web/next.config.ts': `import { withPayload } from '@payloadcms/next/withPayload';\nimport type { NextConfig } from 'next';\n\nconst nextConfig: NextConfig = {};\n\nexport default withPayload(nextConfig, { devBundleServerPackages: false });\n`,
      'apps/web/src/payload.config.ts': `export default { secret: process.env.PAYLOAD_SECRET, db: process.env.POSTGRES_URL };\n`,
      'apps/web/src/app/(frontend)/layout.tsx': LAYOUT,
      'apps/web/src/app/(frontend)/page.tsx': PAGE,
      'apps/web/src/app/(payload)/layout.tsx': `/* THIS FILE WAS GENERATED AUTOMATICALLY BY PAYLOAD. */\nexport default function Layout({ children }) {\n  return <html><body>{children}</body></html>;\n}\n`,
    },
  },
  {
    name: 'an app that has no config, beside another app',
    project: 'admin',
    files: {
      'package.json': rootManifest(),
      ...PNPM,
      'apps/admin/package.json': json({ name: '@acme/admin', private: true, dependencies: NEXT_16 }),
      'apps/admin/tsconfig.json': '{}\n',
      'apps/admin/app/layout.tsx': LAYOUT,
      'apps/admin/app/page.tsx': PAGE,
      'apps/web/package.json': appManifest(NEXT_16),
      'apps/web/next.config.mjs': ESM_CONFIG,
      'apps/web/app/page.tsx': PAGE,
    },
  },
  {
    name: 'an app with Windows line ends, a workflow and a dependabot.yml of its own',
    project: 'web',
    files: {
      'package.json': rootManifest(),
      ...PNPM,
      'apps/web/package.json': appManifest(NEXT_16),
      'apps/web/tsconfig.json': '{}\r\n',
      'apps/web/next.config.mjs': ESM_CONFIG.replaceAll('\n', '\r\n'),
      'apps/web/app/layout.tsx': LAYOUT,
      'apps/web/app/page.tsx': PAGE,
      '.github/dependabot.yml': `# ours\nversion: 2\nupdates:\n  - package-ecosystem: npm # the app\n    directory: /\n    schedule:\n      interval: weekly\n`,
    },
  },
  {
    name: 'an app with an empty config, as ours would be for one without',
    project: 'web',
    // It has no database, so nothing of it is missed.
    protects: ['backup'],
    files: {
      'package.json': rootManifest(),
      ...PNPM,
      'apps/web/package.json': appManifest(NEXT_ALONE),
      'apps/web/next.config.mjs': 'export default {};\n',
      'apps/web/pages/index.jsx': PAGE,
    },
  },
  {
    name: 'an app with Vitest and Playwright of its own',
    project: 'web',
    keeps: ['vitest', 'playwright'],
    files: {
      'package.json': rootManifest({ devDependencies: { '@nx/vitest': '23.2.1', vitest: '~4.1.0' } }),
      ...PNPM,
      'nx.json': json({ plugins: ['@nx/vitest', { plugin: '@nx/playwright/plugin', options: { targetName: 'e2e' } }] }),
      'apps/web/package.json': appManifest(NEXT_16),
      'apps/web/tsconfig.json': '{}\n',
      'apps/web/next.config.mjs': ESM_CONFIG,
      'apps/web/app/layout.tsx': LAYOUT,
      'apps/web/app/page.tsx': PAGE,
      'apps/web/app/page.spec.tsx': "import { it } from 'vitest';\n\nit('is tested', () => undefined);\n",
      'apps/web/vitest.config.mts': "import { defineConfig } from 'vitest/config';\n\nexport default defineConfig({ test: { environment: 'jsdom', coverage: { thresholds: { lines: 80 } } } });\n",
      'apps/web/playwright.config.ts': "import { defineConfig } from '@playwright/test';\n\nexport default defineConfig({ testDir: 'tests/e2e' });\n",
      'apps/web/tests/e2e/home.spec.ts': "import AxeBuilder from '@axe-core/playwright';\n",
    },
  },
  {
    name: 'an app with Jest and a Cypress project beside it',
    project: 'web',
    keeps: ['vitest', 'playwright'],
    files: {
      'package.json': rootManifest({ dependencies: NEXT_16, devDependencies: { jest: '^30.0.0', cypress: '^15.0.0' } }),
      'package-lock.json': json({ lockfileVersion: 3 }),
      'apps/web/project.json': json({ name: 'web', root: 'apps/web', targets: { test: { executor: '@nx/jest:jest' } } }),
      'apps/web/tsconfig.json': '{}\n',
      'apps/web/next.config.js': CJS_CONFIG,
      'apps/web/jest.config.ts': "export default { preset: '../../jest.preset.js', coverageThreshold: { global: { lines: 80 } } };\n",
      'apps/web/specs/index.spec.tsx': "test('is tested', () => undefined);\n",
      'apps/web/app/layout.tsx': LAYOUT,
      'apps/web/app/page.tsx': PAGE,
      'apps/web-e2e/project.json': json({ name: 'web-e2e', root: 'apps/web-e2e', targets: { e2e: { executor: '@nx/cypress:cypress' } } }),
      'apps/web-e2e/cypress.config.ts': 'export default {};\n',
      'apps/web-e2e/src/e2e/app.cy.ts': "it('comes up', () => cy.visit('/'));\n",
    },
  },
  {
    name: 'an app that sends its own headers from the proxy',
    project: 'web',
    protects: ['headers'],
    files: {
      'package.json': rootManifest(),
      ...PNPM,
      'apps/web/package.json': appManifest(NEXT_16),
      'apps/web/tsconfig.json': '{}\n',
      'apps/web/next.config.mjs': `export default { poweredByHeader: false, images: { formats: ['image/avif', 'image/webp'] } };\n`,
      'apps/web/app/layout.tsx': LAYOUT,
      'apps/web/app/page.tsx': PAGE,
      'apps/web/proxy.ts': `import { NextResponse } from 'next/server';

export function proxy() {
  const response = NextResponse.next();
  response.headers.set('Strict-Transport-Security', 'max-age=63072000');
  response.headers.set('X-Content-Type-Options', 'nosniff');
  response.headers.set('Referrer-Policy', 'same-origin');
  response.headers.set('Permissions-Policy', 'camera=()');
  response.headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  response.headers.set('Content-Security-Policy', "default-src 'self'; frame-ancestors 'none'");
  return response;
}
`,
    },
  },
  {
    name: 'an app with a limiter of its own in the proxy',
    project: 'web',
    protects: ['rate-limit'],
    keeps: ['rate-limit'],
    files: {
      'package.json': rootManifest(),
      ...PNPM,
      'apps/web/package.json': appManifest({ ...NEXT_16, '@upstash/ratelimit': '^2.0.0', '@upstash/redis': '^1.38.0' }),
      'apps/web/tsconfig.json': '{}\n',
      'apps/web/next.config.mjs': ESM_CONFIG,
      'apps/web/src/app/layout.tsx': LAYOUT,
      'apps/web/src/app/page.tsx': PAGE,
      'apps/web/src/lib/limit.ts': "import { Ratelimit } from '@upstash/ratelimit';\nimport { Redis } from '@upstash/redis';\n\nexport const ratelimit = new Ratelimit({ redis: Redis.fromEnv(), limiter: Ratelimit.slidingWindow(10, '10 s') });\n",
      'apps/web/src/proxy.ts': "import { ipAddress } from '@vercel/functions';\nimport { ratelimit } from './lib/limit';\n\nexport async function proxy(request: Request) {\n  const { success } = await ratelimit.limit(ipAddress(request) ?? 'unknown');\n  return success ? undefined : new Response(null, { status: 429 });\n}\n",
    },
  },
  {
    name: "an app with Clerk's middleware for some pages, on Next 15",
    project: 'web',
    files: {
      'package.json': rootManifest(),
      ...PNPM,
      'apps/web/package.json': appManifest({ ...NEXT_16, next: '~15.5.0', '@clerk/nextjs': '^6.0.0' }),
      'apps/web/tsconfig.json': '{}\n',
      'apps/web/next.config.mjs': ESM_CONFIG,
      'apps/web/src/app/layout.tsx': LAYOUT,
      'apps/web/src/app/page.tsx': PAGE,
      'apps/web/src/middleware.ts': "import { clerkMiddleware } from '@clerk/nextjs/server';\n\nexport default clerkMiddleware();\n\nexport const config = {\n  matcher: [\n    // Who is signed in is asked here alone.\n    '/dashboard(.*)',\n    '/account',\n  ],\n};\n",
    },
  },
  {
    name: 'an app in a workspace with a pre-commit config of its own, commented, with Windows line ends',
    project: 'web',
    files: {
      'package.json': rootManifest({ devDependencies: { eslint: '^9.0.0', prettier: '^3.0.0' } }),
      ...PNPM,
      'apps/web/package.json': appManifest(NEXT_16),
      'apps/web/tsconfig.json': '{}\n',
      'apps/web/next.config.mjs': ESM_CONFIG,
      'apps/web/app/layout.tsx': LAYOUT,
      'apps/web/app/page.tsx': PAGE,
      '.pre-commit-config.yaml': `# Ours. Ask before you change it.
exclude: ^vendored/
repos:
-   repo: https://github.com/pre-commit/pre-commit-hooks
    rev: v5.0.0 # keep
    hooks:
    -   id: check-merge-conflict
    -   id: trailing-whitespace
        # args: [--markdown-linebreak-ext=md]

# The end.
`.replaceAll('\n', '\r\n'),
    },
  },
  {
    name: 'an app in a workspace with lefthook',
    project: 'web',
    files: {
      'package.json': rootManifest({ devDependencies: { lefthook: '^1.11.0' } }),
      ...PNPM,
      'apps/web/package.json': appManifest(NEXT_16),
      'apps/web/tsconfig.json': '{}\n',
      'apps/web/next.config.mjs': ESM_CONFIG,
      'apps/web/app/layout.tsx': LAYOUT,
      'apps/web/app/page.tsx': PAGE,
      'lefthook.yml': `# ours\npre-commit:\n  commands:\n    format:\n      run: pnpm prettier --check {staged_files} # quick\n`,
    },
  },
  {
    name: 'an app in a workspace with husky, whose hooks call scripts',
    project: 'web',
    files: {
      'package.json': rootManifest({ scripts: { prepare: 'husky', check: 'pnpm lint-staged' }, devDependencies: { husky: '^9.1.7', 'lint-staged': '^16.0.0' }, 'lint-staged': { '*.ts': 'eslint' } }),
      ...PNPM,
      '.nvmrc': '20\n',
      'apps/web/package.json': appManifest(NEXT_16),
      'apps/web/tsconfig.json': '{}\n',
      'apps/web/next.config.mjs': ESM_CONFIG,
      'apps/web/app/layout.tsx': LAYOUT,
      'apps/web/app/page.tsx': PAGE,
      '.husky/pre-commit': 'pnpm run check',
      '.husky/_/husky.sh': '',
    },
  },
  {
    name: 'an app in a workspace whose hooks check all that ours do',
    project: 'web',
    protects: ['pre-commit'],
    keeps: ['pre-commit'],
    files: {
      'package.json': rootManifest({ scripts: { 'check:staged': 'lint-staged && gitleaks git --staged --redact', check: 'pnpm nx affected -t test type-check build' } }),
      ...PNPM,
      'apps/web/package.json': appManifest(NEXT_16),
      'apps/web/tsconfig.json': '{}\n',
      'apps/web/next.config.mjs': ESM_CONFIG,
      'apps/web/app/layout.tsx': LAYOUT,
      'apps/web/app/page.tsx': PAGE,
      '.husky/pre-commit': 'pnpm check:staged\ngit diff --cached --check\nnode tools/large-files.js\npnpm nx sync:check\n',
      '.husky/pre-push': 'pnpm run check\n',
      '.lintstagedrc.json': '{ "*": ["prettier --check", "eslint"] }\n',
    },
  },
];

/** The fixture as a tree. */
export function treeOf(fixture: AppFixture): Tree {
  const tree = createTreeWithEmptyWorkspace();
  for (const [path, content] of Object.entries(fixture.files)) tree.write(path, content);
  return tree;
}

/** Every file of a tree by path, to compare two states byte for byte. */
export function contentsOf(tree: Tree, dir = '.'): Record<string, string> {
  return Object.fromEntries(
    tree.children(dir).flatMap((entry): [string, string][] => {
      const path = dir === '.' ? entry : `${dir}/${entry}`;
      return tree.isFile(path) ? [[path, tree.read(path, 'utf-8') ?? '']] : Object.entries(contentsOf(tree, path));
    }),
  );
}
