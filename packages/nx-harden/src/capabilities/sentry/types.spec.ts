import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { writeHardenedApp } from '../../testing/hardened-app';
import { errorsOf, filesIn, NEXT, STRICTEST } from '../../testing/type-errors';

const APP = {
  'tsconfig.json': '{}\n',
  'app/layout.tsx': 'export default function Layout({ children }: { children: React.ReactNode }) {\n  return <html lang="en"><body>{children}</body></html>;\n}\n',
};
/** Of the team's, with types that are common and none of ours. */
const OWN = {
  'instrumentation.ts': "import type { Instrumentation } from 'next';\n\nexport function register() {\n  console.log('up');\n}\n\nexport function onRequestError(error: Error, request: { path: string }, context: Readonly<{ routePath: string }>) {\n  console.error(error, request.path, context.routePath);\n}\n\nexport type Given = Parameters<Instrumentation.onRequestError>;\n",
  'instrumentation-client.ts': "export function onRouterTransitionStart(url: URL | string, kind: 'push' | 'replace' | 'traverse') {\n  console.log(url, kind);\n}\n",
  'app/error.tsx': "'use client';\n\nimport type { ErrorInfo } from 'next/error';\n\nexport default function Failed({ error }: ErrorInfo) {\n  return <p>{String(error)}</p>;\n}\n",
  'app/a/error.tsx': "'use client';\n\nexport default function Failed({ error }: { error?: Error | null; reset: () => void }) {\n  return <p>{error?.message}</p>;\n}\n",
};
const ALL = { replay: true, logs: true, profiling: true, example: true };
/** Wherever the tests are started. */
const typeRoots = [join(__dirname, '../../../node_modules/@types'), join(__dirname, '../../../../../node_modules/@types')];
const JSX = { jsx: ts.JsxEmit.ReactJSX, types: ['node', 'react'], typeRoots };

describe('what an app gets', { timeout: 120_000 }, () => {
  it.each<[string, Record<string, unknown>, ts.CompilerOptions]>([
    ['as create-next-app sets it up', {}, {}],
    ['with all options, under all strict flags', ALL, STRICTEST],
    ['with all options, without strictness', ALL, { strict: false }],
    ['for the newest', ALL, { ...STRICTEST, target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.Preserve }],
  ])('has no error of types %s', async (_, options, compiler) => {
    const app = await writeHardenedApp(APP, [{ id: 'sentry', options }]);
    const files = [...filesIn(app.dir, '.ts'), ...filesIn(app.dir, '.tsx')].filter((file) => !file.endsWith('.d.ts'));
    expect(files.map((file) => basename(file))).toEqual(expect.arrayContaining(['instrumentation.ts', 'instrumentation-client.ts', 'sentry.server.config.ts', 'sentry.edge.config.ts', 'global-error.tsx', 'sentry.ts', 'sentry-query.ts', 'sentry-start.ts', 'sentry-client.ts', 'sentry-error.ts']));
    expect(errorsOf(app.dir, files, { ...NEXT, ...JSX, ...compiler })).toEqual([]);
    app.remove();
  });

  it('has no error of types where files of the team got a seam', async () => {
    const app = await writeHardenedApp({ ...APP, ...OWN }, [{ id: 'sentry', options: {} }]);
    const files = [...filesIn(app.dir, '.ts'), ...filesIn(app.dir, '.tsx')].filter((file) => !file.endsWith('.d.ts'));
    for (const [file, seam] of Object.entries({ 'instrumentation.ts': 'reportRequestError(error, request, context)', 'instrumentation-client.ts': 'traceTransition(url, kind)', 'app/error.tsx': 'useReportedError(error)', 'app/a/error.tsx': 'useReportedError(error)' })) {
      expect(readFileSync(join(app.dir, file), 'utf-8'), file).toContain(seam);
    }
    expect(errorsOf(app.dir, files, { ...NEXT, ...JSX, ...STRICTEST })).toEqual([]);
    app.remove();
  });
});
