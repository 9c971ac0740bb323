/**
 * Measures what Sentry and each of its options add to the JavaScript that a page loads first: builds one Next app without
 * it and with each, and compresses the chunks that Next's own statistics name. Writes the figures into docs/benchmarks.md.
 *
 *     jiti tools/bench-sentry.ts [--no-write]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { writeHardenedApp } from '../packages/nx-harden/src/testing/hardened-app';
import { needPlace, say, table, writeFigures } from './figures.mjs';
import { onInterrupt } from './on-interrupt.mjs';

const PAGE = join(import.meta.dirname, '../docs/benchmarks.md');
const PACKAGE = join(import.meta.dirname, '../packages/nx-harden');
const NEXT = join(dirname(createRequire(join(PACKAGE, 'package.json')).resolve('next/package.json')), 'dist/bin/next');
const WRITES = !process.argv.includes('--no-write');

const FILES = {
  'app/layout.js': 'export default function Layout({ children }) {\n  return <html lang="en"><body>{children}</body></html>;\n}\n',
  'app/page.js': 'export default function Page() {\n  return <h1>Hello</h1>;\n}\n',
};
/** Undefined: without Sentry. */
const VARIANTS: { title: string; options?: Record<string, unknown> }[] = [
  { title: 'without Sentry' },
  { title: '`sentry`', options: {} },
  { title: '`--logs`', options: { logs: true } },
  { title: '`--profiling`', options: { profiling: true } },
  { title: '`--replay`', options: { replay: true } },
];

/** Bytes of the JavaScript that the page loads first. */
interface Size {
  raw: number;
  gzip: number;
}

const ends: (() => void)[] = [];
const cleanUp = async (): Promise<void> => {
  for (let end = ends.pop(); end; end = ends.pop()) end();
};
onInterrupt(cleanUp);
if (WRITES) needPlace(PAGE, 'sentry');
try {
  await main();
} finally {
  await cleanUp();
}

async function main(): Promise<void> {
  const sizes: Size[] = [];
  for (const [index, { title, options }] of VARIANTS.entries()) {
    say(`Building ${index + 1} of ${VARIANTS.length}: ${title}`);
    sizes.push(await build(options));
  }
  const [without, base] = sizes;
  if (!without || !base) return;
  const rows = VARIANTS.map(({ title }, index) => {
    const size = sizes[index] ?? without;
    // An option adds to Sentry, and Sentry to nothing.
    const before = index > 1 ? base : without;
    return [title, kilobytes(size.gzip), index === 0 ? '' : `+${kilobytes(size.gzip - before.gzip)}`, kilobytes(size.raw), index === 0 ? '' : `+${kilobytes(size.raw - before.raw)}`];
  });
  const { version } = createRequire(join(PACKAGE, 'package.json'))('@sentry/nextjs/package.json') as { version: string };
  const figures = [table(['', 'KB, gzip', 'adds', 'KB', 'adds'], rows), `${new Date().toISOString().slice(0, 10)}, Next 16.4.6 with Turbopack, @sentry/nextjs ${version}, the first load of a page that says hello; an option is compared with \`sentry\` alone.`].join('\n\n');
  console.log(`\n${figures}`);
  if (WRITES) writeFigures(PAGE, 'sentry', figures);
}

async function build(options: Record<string, unknown> | undefined): Promise<Size> {
  const app = await writeHardenedApp(FILES, options ? [{ id: 'sentry', options }] : []);
  ends.push(app.remove);
  const child = spawn(process.execPath, [NEXT, 'build'], { cwd: app.dir, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NEXT_PUBLIC_SENTRY_DSN: 'https://0@o0.ingest.sentry.io/0', NEXT_TELEMETRY_DISABLED: '1' } });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'exit')) as [number];
  if (code !== 0) throw new Error(`next build failed:\n${said}`);
  const routes = JSON.parse(readFileSync(join(app.dir, '.next/diagnostics/route-bundle-stats.json'), 'utf8')) as { route: string; firstLoadChunkPaths: string[] }[];
  const chunks = routes.find(({ route }) => route === '/')?.firstLoadChunkPaths.map((path) => readFileSync(join(app.dir, path))) ?? [];
  if (chunks.length === 0) throw new Error('Next names no chunks of the page.');
  return { raw: sum(chunks.map((chunk) => chunk.length)), gzip: sum(chunks.map((chunk) => gzipSync(chunk).length)) };
}

function sum(numbers: number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(0);
}
