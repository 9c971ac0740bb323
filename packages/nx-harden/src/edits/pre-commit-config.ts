import type { Tree } from '@nx/devkit';
import { isMap, isSeq, LineCounter, parseDocument } from 'yaml';
import type { EditResult } from '../capability';
import { fingerprint } from '../fingerprint';
import { addBelowLast, yamlFailure } from './yaml-list';

/** Where pre-commit looks, and nowhere else. */
export const PRE_COMMIT_CONFIG = '.pre-commit-config.yaml';

const BEGIN = '# nx-harden: from here';
const END = '# nx-harden: to here';
const BLOCK = new RegExp(`\\r?\\n([ \\t]*)${BEGIN}[^]*?\\n\\1${END}`);

/** A hook as the config has it. */
export interface PreCommitHook {
  id: string;
  /** Id, repository and command, to see what it does. */
  text: string;
  stages: string[];
  /** 1-based. */
  line: number;
}

/** The hooks of a config. Throws with file, line and column when it cannot be read. */
export function readPreCommitConfig(text: string, path = PRE_COMMIT_CONFIG): PreCommitHook[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const failure = yamlFailure(document);
  if (failure) throw new Error(`${path} is no valid YAML (${failure}). Mend it and run again.`);
  const repos = isMap(document.contents) ? document.get('repos', true) : undefined;
  if (!isSeq(repos)) return [];
  const defaults = stagesOf(isMap(document.contents) ? (document.toJS() as { default_stages?: unknown }).default_stages : undefined) ?? ['commit'];
  return repos.items.filter(isMap).flatMap((repo) => {
    const hooks = repo.get('hooks', true);
    return (isSeq(hooks) ? hooks.items.filter(isMap) : []).map((hook) => {
      const { id = '', entry = '', args = [], stages } = hook.toJS(document) as { id?: string; entry?: string; args?: unknown[]; stages?: unknown };
      return { id, text: `${id}\n${String(repo.get('repo'))}\n${entry} ${args.join(' ')}`, stages: stagesOf(stages) ?? defaults, line: lines.linePos(hook.range?.[0] ?? 0).line };
    });
  });
}

/** Whether a config is written for pre-commit 3.2 or later, which has other names for the stages. */
export function usesNewStageNames(text: string): boolean {
  return /\b(default_)?stages:[^#]*?\bpre-(commit|push)\b/.test(text) || /^minimum_pre_commit_version:\s*['"]?(3\.([2-9]|\d\d)|[4-9])/m.test(text);
}

/** The config without our hooks, and those as they stand in it. */
export function withoutOurHooks(text: string): { text: string; block?: string } {
  const [block] = BLOCK.exec(text) ?? [];
  return block === undefined ? { text } : { text: text.replace(block, () => ''), block };
}

/** What is recorded of the hooks, to know later whether they were edited by hand. */
export function blockFingerprint(block: string): string {
  return fingerprint(PRE_COMMIT_CONFIG, block.trim());
}

/**
 * Puts our hooks below the last repository of the team's config, or anew in their place. Hooks of ours that were
 * edited by hand stay. Returns with it what to record.
 */
export function putPreCommitHooks(tree: Tree, repo: readonly string[], recorded: string | undefined): { result: EditResult; recorded?: string } {
  const present = tree.read(PRE_COMMIT_CONFIG, 'utf-8') ?? '';
  const { text, block } = withoutOurHooks(present);
  const lines = [BEGIN, ...repo, END];
  const document = parseDocument(text);
  const repos = isMap(document.contents) ? document.get('repos', true) : undefined;
  const edited = isSeq(repos) ? addBelowLast(text, repos, lines) : undefined;
  if (edited === undefined || !isSeq(repos) || !hasOneMore(edited, repos.items.length)) {
    return { result: manual('Its list of repositories is not written as lines. Add to it:', lines) };
  }
  const wanted = blockFingerprint(withoutOurHooks(edited).block ?? '');
  if (block !== undefined && blockFingerprint(block) === wanted) return { result: { status: 'unchanged' }, recorded: wanted };
  if (block !== undefined && blockFingerprint(block) !== recorded) {
    const result: EditResult = recorded === wanted ? { status: 'unchanged' } : manual('Our hooks in it were edited by hand, so they are kept. The plugin has newer ones:', lines);
    return { result, recorded };
  }
  tree.write(PRE_COMMIT_CONFIG, edited);
  return { result: { status: 'changed' }, recorded: wanted };
}

/** Takes our hooks out again, unless they were edited by hand. */
export function removePreCommitHooks(tree: Tree, recorded: string | undefined): EditResult {
  if (!tree.exists(PRE_COMMIT_CONFIG)) return { status: 'unchanged' };
  const { text, block } = withoutOurHooks(tree.read(PRE_COMMIT_CONFIG, 'utf-8') ?? '');
  if (block === undefined) return { status: 'unchanged' };
  if (recorded !== undefined && blockFingerprint(block) !== recorded) {
    return manual('Our hooks in it were edited by hand, so they are kept. Take them out when you no longer need them:', block.trim().split('\n'));
  }
  tree.write(PRE_COMMIT_CONFIG, text);
  return { status: 'changed' };
}

function stagesOf(value: unknown): string[] | undefined {
  return Array.isArray(value) ? value.map(String) : undefined;
}

function hasOneMore(text: string, before: number): boolean {
  const document = parseDocument(text);
  const repos = isMap(document.contents) ? document.get('repos', true) : undefined;
  return document.errors.length === 0 && isSeq(repos) && repos.items.length === before + 1;
}

function manual(why: string, lines: readonly string[]): EditResult {
  return { status: 'manual', step: { file: PRE_COMMIT_CONFIG, why, lines: lines.map((line) => `  ${line}`).join('\n') } };
}
