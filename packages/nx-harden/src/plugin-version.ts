import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** This plugin's own version, as its package.json has it. */
export const PLUGIN_VERSION: string = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf-8')).version;
