import { LAYOUT, PAGE, ESM_CONFIG, CJS_CONFIG, json, rootManifest, appManifest, NEXT_16, PNPM } from './fixture-parts';
import type { AppFixture } from './fixtures';

/** Apps of teams that have something of their own already: tests, hooks, headers, a limiter, somebody else's middleware. */
export const appsWithTools: AppFixture[] = [
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
  {
    name: 'an app with a health check of its own, and monitors that the team has written down',
    project: 'web',
    protects: ['uptime'],
    keeps: ['uptime'],
    files: {
      'package.json': rootManifest(),
      ...PNPM,
      'apps/web/package.json': appManifest(NEXT_16),
      'apps/web/tsconfig.json': '{}\n',
      'apps/web/next.config.mjs': ESM_CONFIG,
      'apps/web/app/layout.tsx': LAYOUT,
      'apps/web/app/page.tsx': PAGE,
      'apps/web/app/(internal)/healthz/route.ts': "export async function GET() {\n  return Response.json({ up: true }, { headers: { 'Cache-Control': 'no-store' } });\n}\n",
      'apps/web/uptime.json': json({ prefix: 'acme web: ', url: 'https://example.com', monitors: [{ name: 'home', path: '/' }, { name: 'health', path: '/healthz' }] }),
    },
  },
  {
    name: "an app with both routers that renders Vercel's scripts by components of its own",
    project: 'web',
    protects: ['analytics'],
    keeps: ['analytics'],
    files: {
      'package.json': rootManifest(),
      ...PNPM,
      'apps/web/package.json': appManifest({ ...NEXT_16, '@vercel/analytics': '^1.6.1', '@vercel/speed-insights': '^1.3.1' }),
      'apps/web/tsconfig.json': json({ compilerOptions: { paths: { '@/*': ['./*'] } } }),
      'apps/web/next.config.mjs': ESM_CONFIG,
      'apps/web/app/layout.tsx': "import { Providers } from '@/components/providers';\n\nexport default function Layout({ children }: { children: React.ReactNode }) {\n  return (\n    <html lang=\"en\">\n      <Providers>{children}</Providers>\n    </html>\n  );\n}\n",
      'apps/web/app/page.tsx': PAGE,
      'apps/web/components/providers.tsx': "import { Insights } from './insights';\n\nexport const Providers = ({ children }: { children: React.ReactNode }) => (\n  <body>\n    {children}\n    <Insights />\n  </body>\n);\n",
      'apps/web/components/insights.tsx': "import { Analytics } from '@vercel/analytics/react';\nimport { SpeedInsights } from '@vercel/speed-insights/next';\n\nexport function Insights() {\n  return (\n    <>\n      <Analytics />\n      <SpeedInsights />\n    </>\n  );\n}\n",
      'apps/web/pages/_app.tsx': "import type { AppProps } from 'next/app';\nimport { Insights } from '@/components/insights';\n\nexport default function App({ Component, pageProps }: AppProps) {\n  return (\n    <>\n      <Component {...pageProps} />\n      <Insights />\n    </>\n  );\n}\n",
      'apps/web/pages/old.tsx': PAGE,
    },
  },
];
