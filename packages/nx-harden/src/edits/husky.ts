import type { Tree } from '@nx/devkit';
import type { EditResult } from '../capability';
import { eolOf } from './yaml-list';

export type GitHook = 'pre-commit' | 'pre-push';

/** The script of ours that a hook calls. */
export function ourScript(hook: GitHook): string {
  return `.hardening/${hook}.sh`;
}

/** The line in the team's hook. */
export function huskyLine(hook: GitHook): string {
  return `sh ${ourScript(hook)}`;
}

/** Has a hook of the team's call ours, last. */
export function callFromHusky(tree: Tree, path: string, hook: GitHook): EditResult {
  const text = tree.read(path, 'utf-8') ?? '';
  const line = huskyLine(hook);
  if (text.split(/\r?\n/).some((one) => one.trim() === line)) return { status: 'unchanged' };
  const [shebang] = /^#!.*/.exec(text) ?? [];
  const isShell = shebang === undefined || /\b(ba|da|z|k)?sh\b/.test(shebang);
  // What stands after such a line is never reached.
  const ends = /^(exit|exec)\b/m.test(text);
  if (!isShell || ends) {
    const why = ends ? 'It ends by itself before the last line. Call ours before that:' : 'It is no shell script. Have it run, and fail when that fails:';
    return { status: 'manual', step: { file: path, why, lines: line } };
  }
  const eol = eolOf(text);
  tree.write(path, text === '' || text.endsWith('\n') ? `${text}${line}${eol}` : `${text}${eol}${line}`);
  return { status: 'changed' };
}

/** Takes the line out again. */
export function uncallFromHusky(tree: Tree, path: string, hook: GitHook): EditResult {
  const text = tree.read(path, 'utf-8') ?? '';
  const lines = text.split(/(?<=\n)/);
  const index = lines.findLastIndex((one) => one.trim() === huskyLine(hook));
  if (index < 0) return { status: 'unchanged' };
  const [removed = ''] = lines.splice(index, 1);
  const previous = lines[index - 1];
  if (!removed.endsWith('\n') && previous !== undefined) lines[index - 1] = previous.replace(/\r?\n$/, '');
  tree.write(path, lines.join(''));
  return { status: 'changed' };
}
