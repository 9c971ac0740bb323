import type { Tree } from '@nx/devkit';
import type { EditResult } from '../capability';
import { openSource, spliceSource, type Source } from './source';

/** A text that goes into a script; nothing of what is there is taken out. */
export interface Insertion {
  at: number;
  text: string;
}

/** Around the inserted part of what is recorded; neither stands in any script that is edited. */
const [OPEN, CLOSE] = ['\u00ab', '\u00bb'];
const RECORDED = new RegExp(`^([^${OPEN}]*)${OPEN}([^${CLOSE}]*)${CLOSE}(.*)$`, 's');

/**
 * Puts texts into a script and records them, each with the line that it stands in, so that they are found again:
 * `export «async »function register() {`. Undefined when what comes out is not what was there with that added.
 */
export function insertRecorded(source: Source, insertions: readonly Insertion[]): { text: string; recorded: string[] } | undefined {
  if (source.text.includes(OPEN) || source.text.includes(CLOSE)) return undefined;
  const sorted = [...insertions].sort((a, b) => a.at - b.at);
  const text = spliceSource(source, (splices) => {
    for (const one of sorted) splices.appendLeft(one.at, one.text);
  });
  if (text === undefined) return undefined;
  let partly = source.text;
  let shift = 0;
  // They are taken out in reverse, so what stands around one is seen without those after it.
  const recorded = sorted.map((one) => {
    const [from, to] = [one.at + shift, one.at + shift + one.text.length];
    partly = partly.slice(0, from) + one.text + partly.slice(from);
    shift += one.text.length;
    const before = /[^\r\n]*$/.exec(partly.slice(0, from))?.[0] ?? '';
    const after = /^[^\r\n]*/.exec(partly.slice(to))?.[0] ?? '';
    return before + OPEN + one.text + CLOSE + after;
  });
  return { text, recorded };
}

/** Takes recorded texts out again. One that is not found, or found twice, stays, and with it all of them: a step says which lines are ours. */
export function takeRecorded(tree: Tree, path: string, recorded: readonly string[]): EditResult {
  const before = tree.exists(path) ? (tree.read(path, 'utf-8') ?? '') : undefined;
  if (before === undefined) return { status: 'unchanged' };
  let text = before;
  for (const one of [...recorded].reverse()) {
    const [, head = '', ours = '', tail = ''] = RECORDED.exec(one) ?? [];
    const whole = head + ours + tail;
    const at = text.indexOf(whole);
    if (at < 0 || text.indexOf(whole, at + 1) >= 0) {
      const lines = recorded.map((entry) => (RECORDED.exec(entry)?.[2] ?? '').trim()).join('\n');
      return { status: 'manual', step: { file: path, why: 'It was changed since, so that what was put into it is not found again. Take out:', lines } };
    }
    text = text.slice(0, at) + head + tail + text.slice(at + whole.length);
  }
  if ('failure' in openSource(path, text)) return { status: 'manual', step: { file: path, why: 'It cannot be parsed without what was put into it. Take out:', lines: recorded.map((entry) => RECORDED.exec(entry)?.[2] ?? '').join('\n') } };
  tree.write(path, text);
  return { status: 'changed' };
}
