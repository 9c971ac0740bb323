import { LAYOUT, PAGE, ESM_CONFIG, CJS_CONFIG, json, rootManifest, appManifest, NEXT_ALONE, NEXT_16, PNPM } from './fixture-parts';
import type { AppFixture } from './fixtures';

/** Apps of each kind that Next and Nx know. */
export const plainApps: AppFixture[] = [
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
];
