import { join } from 'node:path';
import { scopeRegistry } from './registry.ts';
import { run } from './shell.ts';
import { letNextWriteItsTypes } from './typegen.ts';
import { createNextWorkspace, put } from './workspace.ts';

/** What fails, by where: the text of each error is told apart. */
export const ERRORS = {
  page: 'error of a page on the server',
  route: 'error of a route handler',
  handler: 'error of a click in the browser',
  render: 'error of a render in the browser',
  caught: 'error that a boundary caught',
};

/** What must not get to Sentry, each in a place where it would by default. */
export const PRIVATE = { cookie: 'cookie-of-a-person', query: 'query-of-a-person', address: '203.0.113.77', authorization: 'authorization-of-a-person', body: 'body-of-a-person' };

/** Makes a workspace with the plugin and an app that fails in every way, and has an instrumentation and a boundary of its own. */
export async function createWorkspaceToObserve(parent: string, name: string, registryUrl: string): Promise<string> {
  const dir = await createNextWorkspace(parent, name);
  const app = (file: string, content: string): Promise<void> => put(join(dir, 'apps/web/src', file), content);
  await app('instrumentation.ts', "export function register() {\n  (globalThis as { isOurServerUp?: boolean }).isOurServerUp = true;\n}\n");
  await app('app/fails/page.tsx', `export const dynamic = 'force-dynamic';\n\nexport default function Page() {\n  throw new Error('${ERRORS.page}');\n}\n`);
  await app('app/api/fails/route.ts', `export async function POST(request: Request) {\n  const body = await request.text();\n  throw new Error('${ERRORS.route}' + ' '.repeat(Number(body === '')));\n}\n`);
  await app('app/api/up/route.ts', `export const dynamic = 'force-dynamic';\n\nexport function GET() {\n  return Response.json({ isUp: (globalThis as { isOurServerUp?: boolean }).isOurServerUp });\n}\n`);
  await app('app/browser/page.tsx', "import { Failing } from '../failing';\n\nexport default function Page() {\n  return <Failing />;\n}\n");
  await app('app/caught/page.tsx', "import { Failing } from '../failing';\n\nexport default function Page() {\n  return <Failing />;\n}\n");
  await app(
    'app/caught/error.tsx',
    "'use client';\n\nexport default function Caught({ error }: { error: Error }) {\n  return <p id=\"caught\">{error.message}</p>;\n}\n",
  );
  await app(
    'app/failing.tsx',
    `'use client';

import { useState } from 'react';

function fail(text: string): never {
  throw new Error(text);
}

export function Failing() {
  const [text, setText] = useState('');
  if (text) fail(text);
  return (
    <main>
      <button id="handler" onClick={() => fail('${ERRORS.handler}')}>
        handler
      </button>
      <button id="render" onClick={() => setText('${ERRORS.render}')}>
        render
      </button>
      <button id="caught-render" onClick={() => setText('${ERRORS.caught}')}>
        caught
      </button>
    </main>
  );
}
`,
  );
  await put(join(dir, '.npmrc'), scopeRegistry(registryUrl));
  await letNextWriteItsTypes(join(dir, 'apps/web'));
  await run('pnpm', ['exec', 'nx', 'add', '@chronos/nx-harden'], dir);
  return dir;
}
