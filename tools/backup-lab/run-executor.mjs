/**
 * Runs one of the plugin's executors as Nx would, without Nx: `node run-executor.mjs backup-db '{"to":"file:.backups"}'`,
 * in the workspace that the current folder is. Needs the built plugin. Ends with the executor's exit code.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [name = '', options = '{}'] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const { default: run } = require(join(import.meta.dirname, '../../packages/nx-harden/dist/executors', name, 'executor.js'));
const { success } = await run(JSON.parse(options), { root: process.cwd(), cwd: process.cwd(), isVerbose: false });
if (!success) process.exitCode ||= 1;
