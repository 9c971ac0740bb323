import type { ReadTree } from '../../capability';
import { readJsonFile } from '../../package-manager';

/** A script of package.json that a package manager is told to run. */
const SCRIPT = /\b(?:pnpm|npm|yarn|bun)\b(?: -\S+)*(?: run)?\s+([\w:.-]+)/g;
/** A file that a shell or Node is told to run, or that is called by its path. */
const FILE = /(?:^|[\s"'&;|])(?:(?:ba|da|z)?sh|node|source|\.)\s+(?:-\S+\s+)*"?((?:\.\/)?[\w./-]+)"?|(?:^|[\s"'&;|])(\.\/[\w./-]+)/g;
const LINT_STAGED = ['.lintstagedrc', '.lintstagedrc.json', '.lintstagedrc.yaml', '.lintstagedrc.yml', ...['js', 'cjs', 'mjs', 'ts', 'mts'].flatMap((ext) => [`.lintstagedrc.${ext}`, `lint-staged.config.${ext}`])];
/** Deep enough for a script that calls a script; what calls itself ends here. */
const DEEPEST = 4;

/** A command together with all that it runs in the repository, without comments. */
export function withWhatItRuns(tree: ReadTree, command: string, isOurs: (path: string) => boolean = () => false, depth = 0): string {
  const text = command.replace(/^\s*#.*$/gm, '');
  if (depth === DEEPEST) return text;
  const manifest = readJsonFile(tree, 'package.json');
  const scripts = (manifest?.['scripts'] ?? {}) as Record<string, string>;
  const called = [...text.matchAll(SCRIPT)].map(([, name = '']) => scripts[name]).filter((script) => typeof script === 'string');
  const files = [...text.matchAll(FILE)]
    .map(([, ran, path]) => (ran ?? path ?? '').replace(/^\.\//, ''))
    // Ours name in their commands what they do; their text names all that there is.
    .filter((path) => !path.endsWith('.mjs') && path !== '' && !isOurs(path) && tree.exists(path) && tree.isFile(path))
    .map((path) => tree.read(path, 'utf-8') ?? '');
  const staged = /\blint-staged\b|\bnano-staged\b/.test(text) ? [JSON.stringify(manifest?.['lint-staged'] ?? ''), ...LINT_STAGED.filter((path) => tree.exists(path)).map((path) => tree.read(path, 'utf-8') ?? '')] : [];
  return [text, ...[...called, ...files, ...staged].map((part) => withWhatItRuns(tree, part, isOurs, depth + 1))].join('\n');
}
