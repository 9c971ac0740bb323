import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import type { Tree } from '@nx/devkit';
import { describe, expect, it } from 'vitest';
import type { EditResult } from '../capability';
import { reportInBoundary } from './error-boundary';
import { addHooks } from './instrumentation';
import { takeRecorded } from './recorded-insertions';
import { openSource } from './source';

const FIXTURES = join(__dirname, '__fixtures__/observed');
const SERVER = { module: './hardening/sentry-start', start: 'startSentry', hook: { exported: 'onRequestError', parameters: 3, name: 'reportRequestError' } };
const CLIENT = { module: './hardening/sentry-client', hook: { exported: 'onRouterTransitionStart', parameters: 2, name: 'onRouterTransitionStart' } };

const EDITS: Record<string, (tree: Tree, path: string, added: Record<string, string[]>) => EditResult> = {
  server: (tree, path, added) => addHooks(tree, path, SERVER, added),
  client: (tree, path, added) => {
    const isTaken = tree.read(path, 'utf-8')?.includes('onRouterTransitionStart');
    return addHooks(tree, path, isTaken ? { ...CLIENT, hook: { ...CLIENT.hook, name: 'traceTransition' } } : CLIENT, added);
  },
  boundary: (tree, path, added) => reportInBoundary(tree, path, { name: 'useReportedError', from: '../hardening/sentry-error' }, added),
};

function edit(kind: string, path: string, text: string): { tree: Tree; result: EditResult; added: Record<string, string[]> } {
  const tree = createTreeWithEmptyWorkspace();
  const added: Record<string, string[]> = {};
  tree.write(path, text);
  const result = EDITS[kind]?.(tree, path, added);
  if (!result) throw new Error(`No edit ${kind}`);
  return { tree, result, added };
}

const inputs = readdirSync(FIXTURES).filter((name) => name.includes('.input.'));

describe.each(inputs)('%s', (name) => {
  const [kind = ''] = name.split('-');
  const input = readFileSync(join(FIXTURES, name), 'utf-8');
  const path = name.replace('.input', '');

  it('gets the seam, and is as before without it', () => {
    const { tree, result, added } = edit(kind, path, input);
    expect(result).toEqual({ status: 'changed' });
    const output = tree.read(path, 'utf-8') ?? '';
    expect(output).toBe(readFileSync(join(FIXTURES, name.replace('.input', '.output')), 'utf-8'));
    expect(openSource(path, output)).not.toHaveProperty('failure');
    expect(takeRecorded(tree, path, added[path] ?? [])).toEqual({ status: 'changed' });
    expect(tree.read(path, 'utf-8')).toBe(input);
  });

  it('is as before also when the team has written above and below it since', () => {
    const { tree, added } = edit(kind, path, input);
    tree.write(path, `// above\n${tree.read(path, 'utf-8')}\n// below\n`);
    expect(takeRecorded(tree, path, added[path] ?? [])).toEqual({ status: 'changed' });
    expect(tree.read(path, 'utf-8')).toBe(`// above\n${input}\n// below\n`);
  });
});

describe('is untouched, and left to a person', () => {
  it.each([
    ['server', "export { register } from './telemetry';\n", 'it comes from another file'],
    ['server', "export * from './telemetry';\n", 'it may come from another file'],
    ['server', 'export function register(): void {\n  start();\n}\n', 'its type says so'],
    ['server', 'export const register: () => void = () => {\n  start();\n};\n', 'its type says so'],
    ['server', 'export const register = async () => start();\n', 'no block'],
    ['server', 'export const register = withTelemetry(start);\n', 'not a function that is written out'],
    ['server', 'module.exports = { register() {} };\n', 'CommonJS'],
    ['server', 'export async function register() {}\nexport function onRequestError({ message }) {}\n', 'does not name the 3 things'],
    ['server', 'export async function register() {}\nexport const onRequestError = (a, b, c) => reportRequestError(a, b, c);\n', 'is taken'],
    ['server', 'export async function boot() {}\nexport { boot as register, boot as onRequestError };\n', 'One function is its'],
    ['server', 'export function register() {\n  start();\n}\nexport const up: number = register();\n', 'is named elsewhere'],
    ['server', 'export const register = (() => {\n  start();\n}) satisfies () => void;\n', 'its type says so'],
    ['server', 'export async function* register() {\n  yield 1;\n}\n', 'is a generator'],
    ['server', 'export async function register( {\n', 'cannot be parsed'],
    ['client', 'export const onRouterTransitionStart = (href) => { mark(href); };\n', 'does not name the 2 things'],
    ['boundary', "'use client';\nexport { Failed as default } from './failed';\n", 'it comes from another file'],
    ['boundary', "'use client';\nexport default function E({ reset }) { return <i onClick={reset} />; }\n", 'does not take the error'],
    ['boundary', "'use client';\nexport default function E() { return <i />; }\n", 'does not take the error'],
    ['boundary', "'use client';\nexport default ({ error }) => <i>{error.message}</i>;\n", 'no block'],
    ['boundary', "'use client';\nexport default class E extends Component {}\n", 'not a function'],
    ['boundary', "'use client';\nexport default function E({ error: { message }, ...rest }) {\n  return <i {...rest}>{message}</i>;\n}\n", 'does not take the error'],
    ['boundary', "'use client';\nexport default function E(props?: { error: Error }) {\n  return <i>{props?.error.message}</i>;\n}\n", 'does not take the error'],
    ['boundary', "'use client';\nexport default function E({ error }) {\n  const useReportedError = 1;\n  return <i>{error.message}{useReportedError}</i>;\n}\n", 'is taken'],
    ['boundary', 'export const x = 1;\n', 'exports no component'],
  ])('%s: %s', (kind, text, why) => {
    const { tree, result, added } = edit(kind, `file.${kind === 'boundary' ? 'tsx' : 'ts'}`, text);
    expect(result).toMatchObject({ status: 'manual', step: { why: expect.stringContaining(why), lines: expect.stringContaining('hardening/sentry-') } });
    expect(tree.read(`file.${kind === 'boundary' ? 'tsx' : 'ts'}`, 'utf-8')).toBe(text);
    expect(added).toEqual({});
  });

  it.each([
    ['edited', (text: string) => text.replace('await startSentry', 'startSentry')],
    ['written a second time', (text: string) => text + text],
  ])('what was put in and %s since stays, whole', (_, change) => {
    const { tree, added } = edit('server', 'instrumentation.ts', 'export async function register() {\n  start();\n}\n');
    const changed = change(tree.read('instrumentation.ts', 'utf-8') ?? '');
    tree.write('instrumentation.ts', changed);
    expect(takeRecorded(tree, 'instrumentation.ts', added['instrumentation.ts'] ?? [])).toMatchObject({ status: 'manual', step: { file: 'instrumentation.ts', lines: expect.stringContaining('startSentry') } });
    expect(tree.read('instrumentation.ts', 'utf-8')).toBe(changed);
  });
});
