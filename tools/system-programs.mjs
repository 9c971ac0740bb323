/** The system programs that the tests and the demo need, and how each is found and installed. */
import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/**
 * @typedef {object} SystemProgram
 * @property {string} name - what people call it
 * @property {('test' | 'demo')[]} neededBy
 * @property {string} [env] - environment variable that may hold its path
 * @property {string[]} commands - names that it has on the PATH, the first that is found wins
 * @property {() => string[]} [places] - further paths where it may lie
 * @property {string[]} apt - Debian's and Ubuntu's names of the package; the first one that apt knows is installed
 * @property {string[]} brew - arguments of `brew install`
 */

/** @type {SystemProgram[]} */
export const SYSTEM_PROGRAMS = [
  {
    name: 'chromium',
    neededBy: ['test'],
    env: 'PLAYWRIGHT_CHROMIUM_PATH',
    commands: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
    places: () => [
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      ...playwrightBrowsers(),
    ],
    apt: ['chromium', 'chromium-browser'],
    brew: ['--cask', 'google-chrome'],
  },
  { name: 'shellcheck', neededBy: ['test'], commands: ['shellcheck'], apt: ['shellcheck'], brew: ['shellcheck'] },
  {
    name: 'pg_dump',
    neededBy: ['test'],
    commands: ['pg_dump'],
    places: () => ['/opt/homebrew/opt/libpq/bin/pg_dump', '/usr/local/opt/libpq/bin/pg_dump'],
    // The servers come from npm, and run only for a test: a package with a server would start one for good.
    apt: ['postgresql-client'],
    brew: ['libpq'],
  },
  {
    name: 'redis-server',
    neededBy: ['test'],
    // The last one is the server's own binary under the name that Debian's redis-tools ships.
    commands: ['redis-server', 'valkey-server', 'redis-check-rdb'],
    // As above: the package redis-server would start one for good.
    apt: ['redis-tools'],
    brew: ['redis'],
  },
  { name: 'ssh', neededBy: ['test'], commands: ['ssh'], apt: ['openssh-client'], brew: ['openssh'] },
  { name: 'pre-commit', neededBy: ['test'], commands: ['pre-commit'], apt: ['pre-commit'], brew: ['pre-commit'] },
];

/**
 * Path of a program on this machine, or undefined when it is not there.
 * @param {SystemProgram} program
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | undefined}
 */
export function findProgram({ env: variable, commands, places }, env = process.env) {
  const named = variable ? env[variable] : undefined;
  // A path that somebody gave and that leads nowhere is a mistake to be told, not one to be worked around.
  if (variable && named && !isProgram(named)) throw new Error(`${variable} is ${named}, and there is no program. Correct or unset it.`);
  const dirs = (env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const onPath = commands.flatMap((command) => dirs.map((dir) => join(dir, command)));
  return named ? named : [...onPath, ...(places?.() ?? [])].find(isProgram);
}

/**
 * Path of the program of that name. Throws when it is not on this machine.
 * @param {string} name
 * @returns {string}
 */
export function pathOfProgram(name) {
  const program = SYSTEM_PROGRAMS.find((one) => one.name === name);
  const path = program && findProgram(program);
  if (!path) throw new Error(`${name} is not installed. Run: node tools/system-packages.mjs`);
  return path;
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}

/** Where `playwright install chromium` puts it. */
function playwrightBrowsers() {
  const linux = ['chrome-linux/chrome', 'chrome-linux64/chrome'];
  const mac = ['chrome-mac/Chromium.app/Contents/MacOS/Chromium'];
  const cache = process.platform === 'darwin' ? join(homedir(), 'Library/Caches/ms-playwright') : join(homedir(), '.cache/ms-playwright');
  if (!statSync(cache, { throwIfNoEntry: false })?.isDirectory()) return [];
  const versions = readdirSync(cache).filter((entry) => /^chromium-\d+$/.test(entry));
  return versions.sort().reverse().flatMap((version) => [...linux, ...mac].map((path) => join(cache, version, path)));
}
