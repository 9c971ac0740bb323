import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** JavaScript that a browser loads before a page is ready, in bytes. */
export interface FirstLoad {
  raw: number;
  gzip: number;
}

/** First-load JavaScript by route, as the last build of an app has it. Next's own report has no compressed sizes. */
export async function firstLoadOf(appDir: string): Promise<Record<string, FirstLoad>> {
  const routes = JSON.parse(await readFile(join(appDir, '.next/diagnostics/route-bundle-stats.json'), 'utf-8')) as { route: string; firstLoadUncompressedJsBytes: number; firstLoadChunkPaths: string[] }[];
  const sizes = routes.map(async ({ route, firstLoadUncompressedJsBytes, firstLoadChunkPaths }) => {
    const chunks = await Promise.all(firstLoadChunkPaths.map((path) => readFile(join(appDir, path))));
    return [route, { raw: firstLoadUncompressedJsBytes, gzip: chunks.reduce((sum, chunk) => sum + gzipSync(chunk).length, 0) }] as const;
  });
  return Object.fromEntries(await Promise.all(sizes));
}
