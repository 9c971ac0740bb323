import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Names under which a Redis server is installed. The check program is the server's own binary: Debian's redis-tools
 * ships it without the server's name, and it looks at the name that it is started by.
 */
const PROGRAMS = ['redis-server', 'valkey-server', 'redis-check-rdb', 'valkey-check-rdb'] as const;

/** Path of a program that is a Redis server when it is started as `redis-server`. Throws with the commands that install one. */
export function findRedisProgram(searchPath = process.env['PATH'] ?? ''): string {
  const folders = searchPath.split(delimiter).filter(Boolean);
  const found = PROGRAMS.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram);
  if (found) return found;
  throw new Error(
    `No Redis server is on this machine (looked for ${PROGRAMS.join(', ')} on the PATH). Install one: apt-get install redis-tools (Debian, Ubuntu) or brew install redis (macOS). Or name one that runs: --redis=redis://127.0.0.1:6379`,
  );
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
