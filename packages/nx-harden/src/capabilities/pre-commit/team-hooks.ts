import { parseDocument } from 'yaml';
import type { ReadTree } from '../../capability';
import { extendedBy, findLefthookFile } from '../../edits/lefthook';
import { PRE_COMMIT_CONFIG, readPreCommitConfig, withoutOurHooks } from '../../edits/pre-commit-config';
import { yamlFailure } from '../../edits/yaml-list';
import { readJsonFile } from '../../package-manager';
import { withWhatItRuns } from './commands';
import type { Hook, HookId } from './hooks';

/** What runs on a commit or a push, whoever wrote it. */
export interface TeamHook {
  stage: Hook['stage'];
  /** Its name and all that it runs: scripts of package.json, files and lint-staged's config are followed. */
  text: string;
  file: string;
  line?: number;
}

/** What gives away that a hook does one of our checks. */
const SIGNS: Record<Exclude<HookId, 'affected'>, RegExp> = {
  secrets: /secretlint|gitleaks|detect-secrets|trufflehog|ggshield|git-?secrets|talisman|^secrets?$/im,
  'large-files': /check-added-large-files|large-files/,
  'merge-markers': /check-merge-conflict|merge-markers|git diff[^\n]*--check/,
  lint: /\b(eslint|oxlint|biome|xo)\b|\blint\b(?!-staged)/,
  format: /\b(prettier|biome|dprint|oxfmt)\b|(?<!-)\bformat(:check)?\b/,
  sync: /\bnx\s+sync|^sync$/m,
  'type-check': /\b(tsc|tsgo|vue-tsc)\b|type-?check|check[-:]types/,
  test: /\b(vitest|jest|mocha|ava)\b|\bnode --test\b|\b(nx|turbo|lerna)\b[^\n|&;]*\btests?\b|\b(pnpm|npm|yarn|bun)\b( -\S+| run| exec)*\s+tests?\b|^tests?$/m,
};

/** Whether a hook does what one of ours does. */
export function does({ text, stage }: TeamHook, id: HookId): boolean {
  if (id === 'affected') return stage === 'push' && (SIGNS.test.test(text) || SIGNS['type-check'].test(text) || /\bbuild\b/.test(text));
  return SIGNS[id].test(text);
}

/** The hooks of all managers that the workspace has; those that `isOurs` names are left out. */
export function readHooks(tree: ReadTree, isOurs: (path: string) => boolean = () => false, keepsOurBlock = true): TeamHook[] {
  const hooks = [...preCommitHooks(tree, isOurs, keepsOurBlock), ...lefthookHooks(tree, isOurs), ...scriptHooks(tree, isOurs), ...simpleGitHooks(tree)];
  return hooks.map((hook) => ({ ...hook, text: withWhatItRuns(tree, hook.text, isOurs) }));
}

function preCommitHooks(tree: ReadTree, isOurs: (path: string) => boolean, keepsOurBlock: boolean): TeamHook[] {
  const text = tree.exists(PRE_COMMIT_CONFIG) && !isOurs(PRE_COMMIT_CONFIG) ? (tree.read(PRE_COMMIT_CONFIG, 'utf-8') ?? '') : '';
  return readPreCommitConfig(keepsOurBlock ? text : withoutOurHooks(text).text).flatMap(({ text: hook, stages, line }) =>
    stages.flatMap((name): TeamHook[] => {
      const stage = /^(pre-)?(commit|push)$/.exec(name)?.[2] as Hook['stage'] | undefined;
      return stage ? [{ stage, text: hook, file: PRE_COMMIT_CONFIG, line }] : [];
    }),
  );
}

function lefthookHooks(tree: ReadTree, isOurs: (path: string) => boolean): TeamHook[] {
  const main = findLefthookFile(tree);
  const extended = main?.match(/ya?ml$/) ? extendedBy(tree.read(main, 'utf-8') ?? '') : main && tree.read(main, 'utf-8')?.includes('.hardening/lefthook.yml') ? ['.hardening/lefthook.yml'] : [];
  return [...(main ? [main] : []), ...extended]
    .filter((path) => !isOurs(path) && tree.exists(path))
    .flatMap((path) => sectionsOf(tree.read(path, 'utf-8') ?? '', path).map(([stage, text]): TeamHook => ({ stage, text, file: path })));
}

/** The text of each of a lefthook config's two hooks. */
function sectionsOf(text: string, path: string): [Hook['stage'], string][] {
  if (path.endsWith('.toml')) {
    const tables = text.split(/^(?=\s*\[)/m);
    return (['commit', 'push'] as const).map((stage) => [stage, tables.filter((table) => new RegExp(`^\\s*\\[+pre-${stage}\\b`).test(table)).join('\n')]);
  }
  const content = readYaml(text, path);
  // A name on a line of its own, as in the file.
  return (['commit', 'push'] as const).flatMap((stage) => (content?.[`pre-${stage}`] ? [[stage, linesOf(content[`pre-${stage}`]).join('\n')]] : []));
}

function readYaml(text: string, path: string): Record<string, unknown> | null {
  const document = parseDocument(text);
  const failure = yamlFailure(document);
  if (failure) throw new Error(`${path} is no valid YAML (${failure}). Mend it and run again.`);
  return document.toJS() as Record<string, unknown> | null;
}

function linesOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [String(value)];
  if (Array.isArray(value)) return value.flatMap(linesOf);
  return Object.entries(value).flatMap(([key, entry]) => [key, ...linesOf(entry)]);
}

/** husky's, and those of a folder that `core.hooksPath` is often set to. */
function scriptHooks(tree: ReadTree, isOurs: (path: string) => boolean): TeamHook[] {
  return ['.husky', '.githooks'].flatMap((dir) =>
    (['commit', 'push'] as const).flatMap((stage): TeamHook[] => {
      const file = `${dir}/pre-${stage}`;
      return tree.exists(file) && !isOurs(file) ? [{ stage, text: tree.read(file, 'utf-8') ?? '', file }] : [];
    }),
  );
}

function simpleGitHooks(tree: ReadTree): TeamHook[] {
  const file = ['.simple-git-hooks.json', 'simple-git-hooks.json'].find((path) => tree.exists(path)) ?? 'package.json';
  const manifest = readJsonFile(tree, file);
  const hooks = (file === 'package.json' ? manifest?.['simple-git-hooks'] : manifest) as Record<string, unknown> | undefined;
  return (['commit', 'push'] as const).flatMap((stage): TeamHook[] => {
    const command = hooks?.[`pre-${stage}`];
    return typeof command === 'string' ? [{ stage, text: command, file }] : [];
  });
}
