import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { scopeRegistry } from './registry.ts';
import { run } from './shell.ts';
import { letNextWriteItsTypes } from './typegen.ts';
import { addContent, createNextWorkspace, NEXT_VERSION, put } from './workspace.ts';

/** What create-next-app has: Nx's own makes declarations too, which the types of some packages forbid. */
const PLAIN_COMPILER_OPTIONS = { noEmit: true, composite: false, incremental: false, declaration: false, declarationMap: false, noImplicitReturns: false, tsBuildInfoFile: null };

/** Makes a workspace with the plugin and two apps: `web`, with a page of so many images and a sign-in, and `shop`, in JavaScript. */
export async function createWorkspaceToLimit(parent: string, name: string, registryUrl: string, images: number): Promise<string> {
  const dir = await createNextWorkspace(parent, name);
  const web = join(dir, 'apps/web');
  await addContent(dir);
  await addRoutesToLimit(web, images);
  await put(join(web, 'tsconfig.check.json'), JSON.stringify({ extends: './tsconfig.json', compilerOptions: PLAIN_COMPILER_OPTIONS }));
  await addJavaScriptApp(join(dir, 'apps/shop'));
  await put(join(dir, '.npmrc'), scopeRegistry(registryUrl));
  await letNextWriteItsTypes(web);
  await run('pnpm', ['exec', 'nx', 'add', '@chronos/nx-harden'], dir);
  return dir;
}

/** What limits must not get in the way of, and a route at which passwords are guessed. */
async function addRoutesToLimit(app: string, images: number): Promise<void> {
  const png = await readFile(join(app, 'public/images/logo.png'));
  await put(join(app, 'src/app/api/login/route.ts'), "export function POST() {\n  return new Response('signed in');\n}\n");
  for (let index = 0; index < images; index++) await put(join(app, `public/images/gallery/${index}.png`), png);
  await put(
    join(app, 'src/app/gallery/page.tsx'),
    `/* eslint-disable @next/next/no-img-element */
import Link from 'next/link';

const NUMBERS = Array.from({ length: ${images} }, (_, index) => index);

export default function Gallery() {
  return (
    <main>
      {NUMBERS.map((number) => (
        <Link key={number} href={\`/photos/\${number}\`}>
          <img src={\`/images/gallery/\${number}.png\`} alt={\`Photo \${number}\`} width="20" height="20" />
        </Link>
      ))}
    </main>
  );
}
`,
  );
  await put(
    join(app, 'src/app/photos/[id]/page.tsx'),
    'export default async function Photo({ params }: { params: Promise<{ id: string }> }) {\n  return <h1>Photo {(await params).id}</h1>;\n}\n',
  );
}

/** A small app without a tsconfig. */
async function addJavaScriptApp(app: string): Promise<void> {
  await put(join(app, 'package.json'), `${JSON.stringify({ name: '@limited/shop', version: '0.0.1', private: true, dependencies: { next: NEXT_VERSION, react: '^19.0.0', 'react-dom': '^19.0.0' } }, null, 2)}\n`);
  await put(join(app, 'next.config.js'), 'module.exports = {};\n');
  await put(join(app, 'app/layout.js'), 'export default function Layout({ children }) {\n  return (\n    <html lang="en">\n      <body>{children}</body>\n    </html>\n  );\n}\n');
  await put(join(app, 'app/page.js'), 'export default function Page() {\n  return <h1>Shop</h1>;\n}\n');
  await put(join(app, 'app/api/hello/route.js'), "export function GET() {\n  return new Response('hello');\n}\n");
}
