import { basename } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { writeHardenedApp } from '../../testing/hardened-app';
import { errorsOf, filesIn, NEXT, STRICTEST } from '../../testing/type-errors';

const APP = {
  'tsconfig.json': '{}\n',
  'app/layout.tsx': 'export default function Layout({ children }: { children: React.ReactNode }) {\n  return <html lang="en"><body>{children}</body></html>;\n}\n',
};
const ALL = { replay: true, logs: true, profiling: true, example: true };
const JSX = { jsx: ts.JsxEmit.ReactJSX, types: ['node', 'react'] };

describe('what an app gets', { timeout: 120_000 }, () => {
  it.each<[string, Record<string, unknown>, ts.CompilerOptions]>([
    ['as create-next-app sets it up', {}, {}],
    ['with all options, under all strict flags', ALL, STRICTEST],
    ['with all options, without strictness', ALL, { strict: false }],
    ['for the newest', ALL, { ...STRICTEST, target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.Preserve }],
  ])('has no error of types %s', async (_, options, compiler) => {
    const app = await writeHardenedApp(APP, [{ id: 'sentry', options }]);
    const files = [...filesIn(app.dir, '.ts'), ...filesIn(app.dir, '.tsx')].filter((file) => !file.endsWith('.d.ts'));
    expect(files.map((file) => basename(file))).toEqual(expect.arrayContaining(['instrumentation.ts', 'instrumentation-client.ts', 'sentry.server.config.ts', 'sentry.edge.config.ts', 'global-error.tsx', 'sentry.ts', 'sentry-client.ts', 'sentry-error.ts']));
    expect(errorsOf(app.dir, files, { ...NEXT, ...JSX, ...compiler })).toEqual([]);
    app.remove();
  });
});
