import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import type { Tree } from '@nx/devkit';
import type { EditResult } from '../../capability';
import { describeNextApp, type NextApp } from '../../next-app';
import { putInLayout, readLayout } from '../layout';
import type { Added, PlaceReading } from '../layout-place';
import { PAGE_SCRIPTS, type PageScript } from '../layout-script';
import { putInPagesApp, readPagesApp } from '../pages-app';

/** Where the pairs lie: input and output, or one that is left to a person. `app-` is `pages/_app`, the others are layouts. */
export const FIXTURES = join(__dirname, 'layout');

/** One fixture. */
export interface Case {
  name: string;
  extension: string;
  input: string;
}

/** The fixtures of a kind, from the folder. */
export function cases(kind: 'input' | 'manual'): Case[] {
  return readdirSync(FIXTURES)
    .map((file) => new RegExp(`^(.+)\\.${kind}\\.(\\w+)$`).exec(file))
    .filter((match) => match !== null)
    .map(([file, name = '', extension = '']) => ({ name, extension, input: readFileSync(join(FIXTURES, file), 'utf-8') }));
}

/** A layout, or an `_app`, in an app. */
export interface Place {
  tree: Tree;
  app: NextApp;
  file: string;
  text: () => string;
  read: (script: PageScript) => PlaceReading;
  put: (recorded?: Added, scripts?: readonly PageScript[]) => { results: EditResult[]; added: Added };
}

/** An app whose layout has that text, with further files beside it. */
export function placeOf({ name, extension }: Pick<Case, 'name' | 'extension'>, text: string, files: Record<string, string> = {}): Place {
  const tree = createTreeWithEmptyWorkspace();
  const isPages = name.startsWith('app-');
  const file = isPages ? `web/pages/_app.${extension}` : `web/app/layout.${extension}`;
  tree.write(file, text);
  tree.write('web/tsconfig.json', '{ "compilerOptions": { "paths": { "@/*": ["./*"] } } }');
  for (const [path, content] of Object.entries(files)) tree.write(path, content);
  const app = describeNextApp(tree, { name: 'web', root: 'web' });
  const [read, put] = isPages ? [readPagesApp, putInPagesApp] : [readLayout, putInLayout];
  return {
    tree,
    app,
    file,
    text: () => tree.read(file, 'utf-8') ?? '',
    read: (script) => read(tree, app, file, script),
    put: (recorded = {}, scripts = PAGE_SCRIPTS) => put(tree, app, file, scripts, recorded),
  };
}

/** An app with that layout. */
export const layout = (text: string, files?: Record<string, string>) => placeOf({ name: 'layout', extension: 'tsx' }, text, files);
