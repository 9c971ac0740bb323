import type { Tree } from '@nx/devkit';

/** Adds a path to a .gitignore, at its end. False when it is ignored already. A file that is not there is made. */
export function addIgnoredPath(tree: Tree, file: string, path: string): boolean {
  const text = tree.exists(file) ? (tree.read(file, 'utf-8') ?? '') : '';
  if (text.split(/\r?\n/).some((line) => bare(line) === bare(path))) return false;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  // A file without a line end at its end stays one, so that taking the line out gives every byte back.
  tree.write(file, text === '' || text.endsWith('\n') ? `${text}${path}${eol}` : `${text}${eol}${path}`);
  return true;
}

/** Takes the path out again. A file that it leaves empty goes. */
export function removeIgnoredPath(tree: Tree, file: string, path: string): void {
  const text = tree.read(file, 'utf-8') ?? '';
  const lines = text.split(/(?<=\n)/);
  const index = lines.findLastIndex((line) => line.trim() === path);
  if (index < 0) return;
  const removed = lines.splice(index, 1)[0] ?? '';
  const previous = lines[index - 1];
  if (!removed.endsWith('\n') && previous !== undefined) lines[index - 1] = previous.replace(/\r?\n$/, '');
  if (lines.join('') === '') tree.delete(file);
  else tree.write(file, lines.join(''));
}

/** What a line ignores, without the slashes and stars around it. */
function bare(line: string): string {
  return line.trim().replace(/^(\*\*\/|\/)/, '').replace(/\/+$/, '');
}
