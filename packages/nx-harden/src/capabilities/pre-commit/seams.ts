import type { Tree } from '@nx/devkit';
import type { EditResult } from '../../capability';
import { callFromHusky, huskyLine, ourScript, uncallFromHusky, type GitHook } from '../../edits/husky';
import { extendLefthook, findLefthookFile, OUR_LEFTHOOK, unextendLefthook } from '../../edits/lefthook';
import { PRE_COMMIT_CONFIG, putPreCommitHooks, removePreCommitHooks, usesNewStageNames } from '../../edits/pre-commit-config';
import type { CapabilityRecord } from '../../hardening-file';
import type { HardeningRun } from '../../hardening-run';
import type { NextApp } from '../../next-app';
import { EXEC, readJsonFile } from '../../package-manager';
import type { Hook } from './hooks';
import type { Manager, ResolvedOptions } from './manager';
import { huskyScript, lefthookConfig, preCommitConfig, preCommitRepo } from './render';
import type { PreCommitOptions } from './schema';
import { secretlintFlags } from './secret-scan';

type Run = HardeningRun<PreCommitOptions>;

const HUSKY_HOOKS: readonly GitHook[] = ['pre-commit', 'pre-push'];
/** One that begins with a dot lies outside the apps, also where the app is the workspace. */
const NEW_LEFTHOOK = '.lefthook.yml';

/** Has the workspace's manager run the hooks: by a config of ours, or by the least in the team's. */
export function putSeams(run: Run, { manager }: ResolvedOptions, hooks: readonly Hook[]): void {
  if (manager === 'pre-commit') putPreCommit(run, hooks);
  else if (manager === 'lefthook') putLefthook(run, hooks);
  else putHusky(run, hooks);
}

/** Takes the seams of all managers but one out of files of the team's. */
export function removeSeams(tree: Tree, record: CapabilityRecord, keep?: Manager): EditResult[] {
  const lefthook = findLefthookFile(tree);
  return [
    ...(keep === 'pre-commit' ? [] : [removePreCommitHooks(tree, record.added?.[PRE_COMMIT_CONFIG]?.[0])]),
    ...(keep === 'lefthook' || !lefthook ? [] : [unextendLefthook(tree, lefthook)]),
    ...(keep === 'husky' ? [] : HUSKY_HOOKS.filter((hook) => tree.exists(`.husky/${hook}`)).map((hook) => uncallFromHusky(tree, `.husky/${hook}`, hook))),
  ];
}

/** What a person runs in a clone, once. */
export function activation({ packageManager: { name } }: NextApp, manager: Manager): string {
  if (manager === 'pre-commit') return 'pre-commit install --hook-type pre-commit --hook-type pre-push (the program: https://pre-commit.com/#install)';
  return manager === 'lefthook' ? `${EXEC[name]} lefthook install` : `${name} run prepare (which an install of the packages does as well)`;
}

function putPreCommit(run: Run, hooks: readonly Hook[]): void {
  const { tree, record, siblings } = run;
  const present = tree.exists(PRE_COMMIT_CONFIG) ? (tree.read(PRE_COMMIT_CONFIG, 'utf-8') ?? '') : undefined;
  const names = usesNewStageNames(present ?? '') ? 'new' : 'old';
  if (present === undefined || run.isOurs(PRE_COMMIT_CONFIG)) return run.ownFile(PRE_COMMIT_CONFIG, preCommitConfig(hooks, names));
  const known = [record, ...siblings.map((sibling) => sibling.record)].map(({ added }) => added?.[PRE_COMMIT_CONFIG]?.[0]).find((one) => one !== undefined);
  const { result, recorded } = putPreCommitHooks(tree, preCommitRepo(hooks, names), known);
  run.edit(result);
  // The hooks are those of all apps that have them on, and whichever leaves last takes them out.
  if (recorded !== undefined) for (const one of [record, ...siblings.map((sibling) => sibling.record)]) one.added = { ...one.added, [PRE_COMMIT_CONFIG]: [recorded] };
}

function putLefthook(run: Run, hooks: readonly Hook[]): void {
  const { tree } = run;
  run.ownFile(OUR_LEFTHOOK, lefthookConfig(hooks));
  const path = findLefthookFile(tree);
  if (path !== undefined && !run.isOurs(path)) return run.edit(extendLefthook(tree, path));
  run.ownFile(NEW_LEFTHOOK, `# Made by nx-harden. To turn the hooks on, in each clone: lefthook install\nextends:\n  - ${OUR_LEFTHOOK}\n`);
  const settings = tree.exists('pnpm-workspace.yaml') ? (tree.read('pnpm-workspace.yaml', 'utf-8') ?? '') : '';
  if (run.app.packageManager.name !== 'pnpm' || /lefthook/.test(settings)) return;
  run.manual({ file: 'pnpm-workspace.yaml', why: 'pnpm lets no package run a script at install that is not listed. With this one, lefthook turns the hooks on by itself:', lines: 'allowBuilds:\n  lefthook: true' });
}

function putHusky(run: Run, hooks: readonly Hook[]): void {
  const { tree } = run;
  for (const hook of HUSKY_HOOKS) {
    const stage = hook === 'pre-commit' ? 'commit' : 'push';
    if (!hooks.some((one) => one.stage === stage)) continue;
    run.ownFile(ourScript(hook), huskyScript(hooks, stage, secretlintFlags(tree)));
    const path = `.husky/${hook}`;
    if (tree.exists(path) && !run.isOurs(path)) {
      run.edit(callFromHusky(tree, path, hook));
      continue;
    }
    const isNew = !tree.exists(path);
    run.ownFile(path, `${huskyLine(hook)}\n`);
    // Before version 9, git itself ran it.
    if (isNew) tree.changePermissions(path, '755');
  }
  const prepare = (readJsonFile(tree, 'package.json')?.['scripts'] as Record<string, string> | undefined)?.['prepare'];
  if (prepare !== undefined && !prepare.includes('husky')) run.manual({ file: 'package.json', why: 'It has a prepare script of its own. Have that turn the hooks on as well:', lines: `"prepare": ${JSON.stringify(`${prepare} && husky`)}` });
}
