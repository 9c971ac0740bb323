import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import type { Tree } from '@nx/devkit';
import { plainApps } from './fixtures-plain';
import { appsWithTools } from './fixtures-with-tools';

/** An app as a user may have it. `files` are workspace-relative; each stands for a shape that a protection has to cope with. */
export interface AppFixture {
  name: string;
  project: string;
  files: Record<string, string>;
  /** Capabilities whose check passes from the start: the team protects itself, and a finding would be a false alarm. */
  protects?: string[];
  /** Capabilities that the team has something of its own for, so that they write nothing of ours. */
  keeps?: string[];
  /** Capabilities that leave a step to a person here, by design; their check keeps failing until it is done. */
  manual?: string[];
}

export const fixtures: AppFixture[] = [...plainApps, ...appsWithTools];

/** The fixture as a tree. */
export function treeOf(fixture: AppFixture): Tree {
  const tree = createTreeWithEmptyWorkspace();
  for (const [path, content] of Object.entries(fixture.files)) tree.write(path, content);
  return tree;
}

/** Every file of a tree by path, to compare two states byte for byte. */
export function contentsOf(tree: Tree, dir = '.'): Record<string, string> {
  return Object.fromEntries(
    tree.children(dir).flatMap((entry): [string, string][] => {
      const path = dir === '.' ? entry : `${dir}/${entry}`;
      return tree.isFile(path) ? [[path, tree.read(path, 'utf-8') ?? '']] : Object.entries(contentsOf(tree, path));
    }),
  );
}
