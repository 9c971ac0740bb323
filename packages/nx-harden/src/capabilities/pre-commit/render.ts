import type { Hook } from './hooks';
import { SCRIPTS } from './hooks';

/** Stage names by age: the older ones are known to every version up to 4, which says that they are deprecated; the newer to 3.2 and later. */
const STAGES = { old: { commit: 'commit', push: 'push' }, new: { commit: 'pre-commit', push: 'pre-push' } };

/** A repository of pre-commit's config, as lines without indentation. */
export function preCommitRepo(hooks: readonly Hook[], names: keyof typeof STAGES): string[] {
  const lines = hooks.flatMap(({ id, name, run, stage, files }) => [
    `    - id: ${id}`,
    `      name: ${name}`,
    `      entry: ${run}`,
    '      language: system',
    ...(files === 'scripts' ? [`      files: ${SCRIPTS.pattern}`] : []),
    ...(files ? ['      require_serial: true'] : ['      pass_filenames: false', '      always_run: true']),
    `      stages: [${STAGES[names][stage]}]`,
  ]);
  return ['- repo: local', '  hooks:', ...lines];
}

/** A config for a workspace that has none. */
export function preCommitConfig(hooks: readonly Hook[], names: keyof typeof STAGES): string {
  const head = ['# Made by nx-harden. To turn the hooks on, in each clone: pre-commit install', 'default_install_hook_types: [pre-commit, pre-push]', '', 'repos:'];
  return `${[...head, ...preCommitRepo(hooks, names).map((line) => `  ${line}`)].join('\n')}\n`;
}

/** The file that lefthook's config is extended by. */
export function lefthookConfig(hooks: readonly Hook[]): string {
  const sections = (['commit', 'push'] as const).flatMap((stage) => {
    const own = hooks.filter((hook) => hook.stage === stage);
    if (own.length === 0) return [];
    // lefthook runs them by priority, else by name.
    const commands = own.flatMap(({ id, run, files }, index) => [
      `    ${id}:`,
      `      priority: ${index + 1}`,
      ...(files === 'scripts' ? [`      glob: '${SCRIPTS.glob}'`] : []),
      `      run: ${run}${files ? ' {staged_files}' : ''}`,
    ]);
    return ['', `pre-${stage}:`, '  commands:', ...commands];
  });
  return `${['# Made by nx-harden. The hooks of the workspace, beside its own in lefthook.yml.', ...sections].join('\n')}\n`;
}

/** The script that a hook of husky's calls. Each check is run, so that one commit shows all that is wrong. */
export function huskyScript(hooks: readonly Hook[], stage: Hook['stage'], secretlintFlags: string): string {
  const lines = hooks.filter((hook) => hook.stage === stage).map(({ id, name, run }) => `check ${id} '${name}' ${id === 'secrets' ? runOnStaged(run, secretlintFlags) : run}`);
  return `# Made by nx-harden. Called by .husky/pre-${stage}.
failed=
check() {
  id=$1
  echo "· $2"
  shift 2
  "$@" || failed="$failed $id"
}

${lines.join('\n')}

if [ -n "$failed" ]; then
  echo "Failed:$failed" >&2
  exit 1
fi
`;
}

/** husky leaves what is not staged in the folder, where a secret may be gone that is staged still. */
function runOnStaged(run: string, flags: string): string {
  return run.startsWith('gitleaks') ? run : `node .hardening/staged-files.mjs secretlint ${flags}`;
}
