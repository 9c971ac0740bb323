import { logger, type Tree } from '@nx/devkit';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fingerprint } from './fingerprint';
import { fromRecordedPath, hardeningFilePath, readHardeningFile } from './hardening-file';
import { findNextProjects } from './project';

interface Prettier {
  resolveConfig(path: string, options: { editorconfig: boolean }): Promise<object | null>;
  getFileInfo(path: string, options: { ignorePath: string }): Promise<{ ignored: boolean; inferredParser: string | null }>;
  format(text: string, options: object): Promise<string>;
}

/**
 * Formats the files of ours that a run has written, as the workspace formats its own; a file of the user's that got an
 * edit keeps its layout. Without Prettier, they stay as they are.
 */
export async function formatOwnFiles(tree: Tree): Promise<void> {
  const prettier = loadPrettier(tree.root);
  if (!prettier) return;
  const written = new Set(tree.listChanges().filter(({ type }) => type !== 'DELETE').map(({ path }) => path));
  try {
    for (const path of ownFiles(tree)) if (written.has(path)) await formatFile(tree, prettier, path);
  } catch (error) {
    // A config or a plugin that Prettier cannot load keeps nobody from being protected.
    logger.warn(`Our files are not formatted: ${(error as Error).message.split('\n')[0]}. Mend Prettier's config, then: nx format:write --uncommitted`);
  }
}

async function formatFile(tree: Tree, prettier: Prettier, path: string): Promise<void> {
  const absolute = join(tree.root, path);
  const { ignored, inferredParser } = await prettier.getFileInfo(absolute, { ignorePath: join(tree.root, '.prettierignore') });
  if (ignored || inferredParser === null) return;
  const content = tree.read(path, 'utf-8') ?? '';
  const config = (await prettier.resolveConfig(absolute, { editorconfig: true })) ?? {};
  const formatted = await prettier.format(content, { ...config, filepath: absolute });
  // What says something else to us after it would look edited by hand to the next run.
  if (fingerprint(path, formatted) === fingerprint(path, content)) tree.write(path, formatted);
}

function ownFiles(tree: Tree): Set<string> {
  const files = findNextProjects(tree).flatMap(({ root }) => {
    const { capabilities, shared } = readHardeningFile(tree, root);
    const records = [...Object.values(capabilities), ...Object.values(shared)];
    return [hardeningFilePath(root), ...records.flatMap((record) => Object.keys(record.files).map((recorded) => fromRecordedPath(root, recorded)))];
  });
  return new Set(files);
}

/** The workspace's own, in its own version. */
function loadPrettier(root: string): Prettier | undefined {
  const require = createRequire(join(root, 'package.json'));
  let path: string;
  try {
    path = require.resolve('prettier');
  } catch {
    return undefined;
  }
  return require(path) as Prettier;
}
