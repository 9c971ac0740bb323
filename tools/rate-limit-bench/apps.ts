import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { renderRateLimitApp } from '../../packages/nx-harden/src/testing/rate-limit-app';

const PACKAGE = join(import.meta.dirname, '../../packages/nx-harden');
const NEXT = join(dirname(createRequire(join(PACKAGE, 'package.json')).resolve('next/package.json')), 'dist/bin/next');

export type Variant = 'none' | 'plan' | 'ours';

/** As the plan has it, word for word. */
const PLAN = `import { Ratelimit } from '@upstash/ratelimit'
import { Redis } from '@upstash/redis'

const ratelimit = new Ratelimit({
  redis: Redis.fromEnv(),
  limiter: Ratelimit.slidingWindow(10, '10 s'),
})

export async function middleware(request: Request) {
  const ip = request.headers.get('x-forwarded-for') ?? 'anonymous'
  const { success } = await ratelimit.limit(ip)

  if (!success) {
    return new Response('Too many requests', { status: 429 })
  }
}
`;

const FILES: Record<string, string> = {
  'package.json': '{ "name": "bench", "private": true, "dependencies": { "next": "*" } }\n',
  'next.config.mjs': `export default { turbopack: { root: ${JSON.stringify(join(PACKAGE, '../..'))} }, typescript: { ignoreBuildErrors: true } };\n`,
  'app/layout.js': 'export default function Layout({ children }) {\n  return <html lang="en"><body>{children}</body></html>;\n}\n',
  'app/page.js': 'export default function Page() {\n  return <h1>Hello</h1>;\n}\n',
  'app/api/hello/route.js': "export const dynamic = 'force-dynamic';\n\nexport function GET() {\n  return Response.json({ hello: 'world' });\n}\n",
  'public/logo.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>\n',
};

export interface BuiltApp {
  variant: Variant;
  dir: string;
}

/** Builds the app once for each variant, inside the repository: from there it finds Next and Redis' client. */
export async function buildApps(variants: readonly Variant[]): Promise<{ apps: BuiltApp[]; remove: () => void }> {
  mkdirSync(join(PACKAGE, 'test-output'), { recursive: true });
  const root = mkdtempSync(join(PACKAGE, 'test-output/bench-'));
  const apps: BuiltApp[] = [];
  for (const variant of variants) {
    const dir = join(root, variant);
    put(dir, FILES);
    if (variant === 'plan') put(dir, { 'middleware.ts': PLAN });
    if (variant === 'ours') {
      const rendered = await renderRateLimitApp({ trustedProxies: 1 });
      for (const entry of readdirSync(rendered.dir)) cpSync(join(rendered.dir, entry), join(dir, entry), { recursive: true });
      rendered.remove();
    }
    const build = spawn(process.execPath, [NEXT, 'build'], { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1' } });
    let said = '';
    for (const stream of [build.stdout, build.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(build, 'exit')) as [number];
    if (code !== 0) throw new Error(`next build of the variant "${variant}" failed:\n${said}`);
    if (variant !== 'none' && !said.includes('Proxy (Middleware)')) throw new Error(`Next has not taken the proxy of the variant "${variant}":\n${said}`);
    apps.push({ variant, dir });
  }
  return { apps, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** Serves a built app in production mode on loopback. */
export async function serve({ dir }: BuiltApp, port: number, env: Record<string, string>): Promise<{ url: string; stop: () => Promise<void> }> {
  const child = spawn(process.execPath, [NEXT, 'start', '--hostname', '127.0.0.1', '--port', String(port)], { cwd: dir, stdio: 'ignore', env: { ...process.env, ...env, NEXT_TELEMETRY_DISABLED: '1' } });
  const url = `http://127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 300; attempt++) {
    if (child.exitCode !== null) throw new Error(`next start in ${dir} ended with ${child.exitCode}.`);
    // An answer of any kind is an answer: the plan's proxy may say 500.
    const isUp = await fetch(`${url}/logo.svg`).then(() => true, () => false);
    if (isUp) return { url, stop: () => end(child) };
    await sleep(100);
  }
  await end(child);
  throw new Error(`next start in ${dir} did not come up in 30 s.`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

function put(dir: string, files: Record<string, string>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
}
