import { join } from 'node:path';
import { scopeRegistry } from './registry.ts';
import { run } from './shell.ts';
import { letNextWriteItsTypes } from './typegen.ts';
import { createWorkspaceAround } from './workspace-around.ts';
import { NEXT_VERSION, put } from './workspace.ts';

const page = (title: string, links: readonly string[], props = '', head = ''): string =>
  `import Link from 'next/link';\n\nexport default async function Page(${props}) {\n${head}  return (\n    <main>\n      <h1>${title}</h1>\n${links.map((href) => `      <Link href="${href}">${href}</Link>\n`).join('')}    </main>\n  );\n}\n`;

/** As Payload writes it, without Payload. */
export const GENERATED = `/* THIS FILE WAS GENERATED AUTOMATICALLY BY PAYLOAD. */
/* DO NOT MODIFY IT BECAUSE IT COULD BE REWRITTEN AT ANY TIME. */
const Layout = ({ children }: { children: React.ReactNode }) => <html><body>{children}</body></html>

export default Layout
`;

const FILES: Record<string, string> = {
  'package.json': `${JSON.stringify(
    {
      name: '@acme/web',
      version: '0.0.1',
      private: true,
      scripts: { build: 'next build' },
      dependencies: { next: NEXT_VERSION, react: '^19.0.0', 'react-dom': '^19.0.0' },
      devDependencies: { '@types/node': '^24.0.0', '@types/react': '^19.0.0', typescript: '~6.0.3' },
    },
    null,
    2,
  )}\n`,
  'tsconfig.json': `${JSON.stringify({ compilerOptions: { strict: true, noEmit: true, allowJs: true, jsx: 'react-jsx', module: 'esnext', moduleResolution: 'bundler', target: 'ES2017', lib: ['dom', 'dom.iterable', 'esnext'], esModuleInterop: true, skipLibCheck: true, isolatedModules: true, resolveJsonModule: true, paths: { '@/*': ['./src/*'] } }, include: ['**/*.ts', '**/*.tsx', '**/*.jsx'], exclude: ['node_modules'] }, null, 2)}\n`,
  'next.config.ts': "import type { NextConfig } from 'next';\n\nconst nextConfig: NextConfig = { cacheComponents: true };\n\nexport default nextConfig;\n",
  'src/app/(site)/layout.tsx': "export default function SiteLayout({ children }: { children: React.ReactNode }) {\n  return (\n    <html lang=\"en\">\n      <body>{children}</body>\n    </html>\n  );\n}\n",
  'src/app/(site)/page.tsx': page('Home', ['/about', '/shop']),
  'src/app/(site)/about/page.tsx': page('About', ['/']),
  'src/app/(shop)/layout.jsx': "const ShopLayout = ({ children }) => (\n  <html lang='en'>\n    <body className='shop'>\n      {children}\n    </body>\n  </html>\n)\n\nexport default ShopLayout\n",
  'src/app/(shop)/shop/page.tsx': page('Shop', ['/shop/blue-jug', '/account']),
  'src/app/(shop)/shop/[item]/page.tsx': page('Item', ['/shop'], '{ params }: { params: Promise<{ item: string }> }', '  await params;\n').replace('<h1>', '<h1 title="an item">'),
  'src/app/(shop)/shop/[item]/loading.tsx': 'export default function Loading() {\n  return <p>Loading</p>;\n}\n',
  'src/app/(account)/layout.tsx': "import { Providers } from '@/components/providers';\n\nexport default function AccountLayout({ children }: { children: React.ReactNode }) {\n  return (\n    <html lang=\"en\">\n      <Providers>{children}</Providers>\n    </html>\n  );\n}\n",
  'src/app/(account)/account/page.tsx': page('Account', ['/admin']),
  'src/components/providers.tsx': "'use client';\n\nimport { createContext } from 'react';\n\nconst Theme = createContext('light');\n\nexport function Providers({ children }: { children: React.ReactNode }) {\n  return (\n    <Theme.Provider value=\"dark\">\n      <body>{children}</body>\n    </Theme.Provider>\n  );\n}\n",
  'src/app/(payload)/layout.tsx': GENERATED,
  'src/app/(payload)/admin/page.tsx': page('Admin', []),
};

/** Makes a workspace with the plugin and an app `web` of three root layouts, one in JavaScript and one whose body is a provider's, beside a generated one. */
export async function createCountedWorkspace(dir: string, registryUrl: string): Promise<void> {
  await createWorkspaceAround(dir, async (apps) => {
    for (const [path, content] of Object.entries(FILES)) await put(join(apps, 'web', path), content);
  });
  await letNextWriteItsTypes(join(dir, 'apps/web'));
  await put(join(dir, '.npmrc'), scopeRegistry(registryUrl));
  await run('git', ['init', '-q', '-b', 'main'], dir);
  await run('pnpm', ['exec', 'nx', 'add', '@chronos/nx-harden'], dir);
}
