import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HardeningRun } from '../../hardening-run';
import { nxGenerator } from '../../nx-generator';
import { addTypeCheck } from '../../type-check';
import { AFFECTED, STAGED_FILES, type Hook } from './hooks';
import { workspaceOptions, type ResolvedOptions } from './manager';
import { missingHooks } from './missing-hooks';
import type { PreCommitOptions } from './schema';
import { activation, putSeams, removeSeams } from './seams';
import { findSecretlintConfig, newSecretlintConfig, SECRETLINT_CONFIG } from './secret-scan';

/** The hooks that the workspace does not have yet, in what runs its hooks. */
export async function generate(run: HardeningRun<PreCommitOptions>): Promise<void> {
  const { tree, app, record } = run;
  const options = workspaceOptions(tree, app, run.options, record);
  const hooks = missingHooks(tree, app, options, record);
  for (const result of removeSeams(tree, record, options.manager)) run.edit(result);
  if (options.manager !== 'pre-commit') delete record.added;
  if (hooks.length === 0) return;
  addTypeCheck(run as HardeningRun<never>);
  putSeams(run, options, hooks);
  writeScripts(run, options, hooks);
  run.afterInstall({ title: 'Git hooks', run: async () => `To turn them on, in each clone: ${activation(app, options.manager)}` });
}

/** Scripts that hooks call, and the config of what looks for secrets. */
function writeScripts(run: HardeningRun<PreCommitOptions>, { secretScan }: ResolvedOptions, hooks: readonly Hook[]): void {
  const template = (name: string): string => readFileSync(join(__dirname, 'files', name), 'utf-8');
  const calls = (path: string): boolean => hooks.some((hook) => hook.run.includes(path));
  const scans = secretScan === 'secretlint' && hooks.some(({ id }) => id === 'secrets');
  if (scans || calls(STAGED_FILES)) run.ownFile(STAGED_FILES, template('staged-files.mjs.template'));
  if (calls(AFFECTED)) run.ownFile(AFFECTED, template('affected.mjs.template'));
  if (scans && (!findSecretlintConfig(run.tree) || run.isOurs(SECRETLINT_CONFIG))) run.ownFile(SECRETLINT_CONFIG, newSecretlintConfig());
}

export default nxGenerator('pre-commit');
