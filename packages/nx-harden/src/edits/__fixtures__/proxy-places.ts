import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { expect } from 'vitest';
import type { Tree } from '@nx/devkit';
import { LIMIT_MATCHERS } from '../../capabilities/rate-limit/matchers';
import type { NextApp } from '../../next-app';
import { limitProxy, type AddedMatcher, type ProxyOriginals } from '../proxy';

/** Where the pairs lie: input and output, or one that is left to a person. */
export const FIXTURES = join(__dirname, 'proxy');

/** Two matchers of ours, as the specs add them. */
export const API: AddedMatcher = { source: '/api/:limited*', samples: ['/api/users', '/api/auth/callback/github'] };
export const SIGN_IN: AddedMatcher = { source: '/:limited(login|sign-in|sign-up)', samples: ['/login', '/sign-in', '/sign-up'] };
export const OURS = [API, SIGN_IN];

/** One fixture. */
export interface Case {
  name: string;
  extension: string;
  input: string;
  /** What is added: two of the specs' own, or those of the capability where the name says so. */
  ours: readonly AddedMatcher[];
}

/** The fixtures of a kind, from the folder. */
export function cases(kind: 'input' | 'manual'): Case[] {
  return readdirSync(FIXTURES)
    .map((file) => new RegExp(`^(.+)\\.${kind}\\.(\\w+)$`).exec(file))
    .filter((match) => match !== null)
    .map(([file, name = '', extension = '']) => ({ name, extension, input: readFileSync(join(FIXTURES, file), 'utf-8'), ours: name.endsWith('-limits') ? LIMIT_MATCHERS : OURS }));
}

/** A proxy file in an app. */
export interface Place {
  tree: Tree;
  app: NextApp;
  file: string;
  text: () => string;
}

/** An app whose proxy file has that text. A name tells whether it is a proxy or a middleware. */
export function placeOf({ name, extension }: Pick<Case, 'name' | 'extension'>, text: string): Place {
  const tree = createTreeWithEmptyWorkspace();
  const file = `web/${name.startsWith('proxy') ? 'proxy' : 'middleware'}.${extension}`;
  tree.write(file, text);
  return { tree, file, app: { name: 'web', proxyFile: file } as NextApp, text: () => tree.read(file, 'utf-8') ?? '' };
}

/** Limits and gives back what was recorded. */
export function limit({ tree, app }: Place, matchers: readonly AddedMatcher[] = OURS): ProxyOriginals {
  const { result, originals } = limitProxy(tree, app, matchers);
  expect(result).toEqual({ status: 'changed' });
  return originals ?? [];
}

/** An app with that middleware. */
export const middleware = (text: string) => placeOf({ name: 'middleware', extension: 'ts' }, text);

