/**
 * Installs the system programs that are missing: `node tools/system-packages.mjs [test|demo] [--check]`.
 * With `--check` it installs nothing and fails when something is missing.
 */
import { spawn, spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { findProgram, SYSTEM_PROGRAMS } from './system-programs.mjs';

/** @typedef {import('./system-programs.mjs').SystemProgram} SystemProgram */

/**
 * Installs what a command needs and this machine lacks. Takes milliseconds and says nothing when all is there.
 * Throws one error that names what is missing and the command that installs it, where we may not.
 * @param {'test' | 'demo'} command
 * @param {{ check?: boolean, say?: (line: string) => void }} [options]
 */
export async function ensureSystemPackages(command, { check = false, say = console.log } = {}) {
  const missing = SYSTEM_PROGRAMS.filter((program) => program.neededBy.includes(command) && !findProgram(program));
  if (missing.length === 0) return;
  const manager = packageManager();
  const admin = manager === 'apt-get' ? asAdministrator() : [];
  if (check || !manager || !admin) throw new Error(whatToRun(missing, manager));

  say(`Not installed yet: ${missing.map(({ name }) => name).join(', ')}.`);
  if (manager === 'apt-get') await installByApt(missing, /** @type {string[]} */ (admin), say);
  else for (const { brew } of missing) await runAloud('brew', ['install', ...brew], say);

  const left = missing.filter((program) => !findProgram(program));
  if (left.length > 0) throw new Error(`${manager} ran, and yet ${whatToRun(left, undefined)}`);
}

/** @returns {'apt-get' | 'brew' | undefined} */
function packageManager() {
  if (process.platform === 'darwin' && has('brew')) return 'brew';
  if (process.platform === 'linux' && has('apt-get')) return 'apt-get';
  return undefined;
}

/**
 * What goes before a command to run it as root; undefined where that needs a password.
 * @returns {string[] | undefined}
 */
function asAdministrator() {
  if (process.getuid?.() === 0) return [];
  return has('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : undefined;
}

/** @param {SystemProgram[]} missing @param {string[]} admin @param {(line: string) => void} say */
async function installByApt(missing, admin, say) {
  // Another apt on the same machine is waited for. Answers to questions are the defaults.
  const apt = [...admin, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-o', 'DPkg::Lock::Timeout=300', '-q'];
  const [program = '', ...args] = apt;
  await runAloud(program, [...args, 'update'], say);
  const packages = missing.map(({ apt: names }) => names.find(aptKnows) ?? names[0] ?? '');
  await runAloud(program, [...args, 'install', '-y', '--no-install-recommends', ...packages], say);
}

/** @param {string} name */
function aptKnows(name) {
  const { stdout } = spawnSync('apt-cache', ['policy', name], { encoding: 'utf-8' });
  return /^\s+Candidate: (?!\(none\))/m.test(stdout ?? '');
}

/** @param {SystemProgram[]} missing @param {ReturnType<typeof packageManager>} manager */
function whatToRun(missing, manager) {
  const names = new Intl.ListFormat('en').format(missing.map(({ name }) => name));
  const variables = missing.flatMap(({ name, env }) => (env ? [`set ${env} to the path of ${name}`] : []));
  const commands = {
    'apt-get': `sudo apt-get update && sudo apt-get install -y ${missing.map(({ apt }) => apt[0]).join(' ')}`,
    brew: missing.map(({ brew }) => `brew install ${brew.join(' ')}`).join(' && '),
  };
  const install = manager ? `Run: ${commands[manager]}` : `Install ${missing.length > 1 ? 'them' : 'it'} by the means of your system`;
  return [`${names} ${missing.length > 1 ? 'are' : 'is'} not installed. ${install}`, ...variables].join(', or ');
}

/**
 * Runs a command and says every ten seconds how far it is.
 * @param {string} command @param {string[]} args @param {(line: string) => void} say
 * @returns {Promise<void>}
 */
function runAloud(command, args, say) {
  const shown = [command, ...args].filter((word) => !['env', 'DEBIAN_FRONTEND=noninteractive', '-q', '-o', 'DPkg::Lock::Timeout=300'].includes(word)).join(' ');
  say(`  ${shown}`);
  const start = Date.now();
  let output = '';
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const timer = setInterval(() => say(`  ${seconds(start)} s: ${output.trimEnd().split('\n').at(-1)}`), 10_000);
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(timer);
      if (code === 0) {
        say(`  done in ${seconds(start)} s`);
        resolve();
      } else reject(new Error(`${shown} failed with ${code}:\n${output.trimEnd().split('\n').slice(-15).join('\n')}`));
    });
  });
}

/** @param {number} start */
function seconds(start) {
  return Math.round((Date.now() - start) / 1000);
}

/** @param {string} command */
function has(command) {
  return findProgram({ name: command, neededBy: [], commands: [command], apt: [], brew: [] }) !== undefined;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const command = process.argv.includes('demo') ? 'demo' : 'test';
  try {
    await ensureSystemPackages(command, { check: process.argv.includes('--check') });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
