import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { NEXT_16 } from '../../testing/fixture-parts';
import { renderUptimeApp, uptimeFixture } from '../../testing/uptime-app';

/** As create-next-app writes it. */
const NEXT: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2017,
  lib: ['lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.esnext.d.ts'],
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  esModuleInterop: true,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  isolatedModules: true,
  types: ['node'],
};
/** All that a team may ask for beyond that. */
const STRICTEST: ts.CompilerOptions = {
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noPropertyAccessFromIndexSignature: true,
  noImplicitReturns: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  verbatimModuleSyntax: true,
  erasableSyntaxOnly: true,
};
const PAGES = { 'app/layout.tsx': null, 'app/page.tsx': null, 'pages/index.tsx': 'export default () => null;\n' };
const APPS = {
  'with the App Router': uptimeFixture(),
  'on Next 14': uptimeFixture({}, { ...NEXT_16, next: '14.2.30' }),
  'with the Pages Router': uptimeFixture(PAGES),
};

function errorsOf(files: string[], options: ts.CompilerOptions): string[] {
  return ts.getPreEmitDiagnostics(ts.createProgram(files, options)).map(({ file, messageText }) => `${file ? basename(file.fileName) : ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
}

const filesIn = (dir: string, extension: string): string[] => readdirSync(dir, { recursive: true, encoding: 'utf-8' }).filter((file) => file.endsWith(extension)).map((file) => join(dir, file));

describe('what an app gets', { timeout: 120_000 }, () => {
  it.each(Object.entries(APPS))('has no error of types, strict or not: an app %s', async (_, fixture) => {
    const app = await renderUptimeApp(fixture);
    try {
      const files = filesIn(app.dir, '.ts');
      expect(files).toHaveLength(5);
      for (const options of [{}, STRICTEST, { strict: false }, { ...STRICTEST, lib: ['lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.es2017.d.ts'] }]) expect(errorsOf(files, { ...NEXT, ...options })).toEqual([]);
      const readiness = join(app.dir, 'hardening/health.ts');
      writeFileSync(readiness, readFileSync(readiness, 'utf-8').replace(', signal);', ', signal.x);'));
      expect(errorsOf(files, NEXT)).toEqual([expect.stringMatching(/^health\.ts: Property 'x' does not exist/)]);
    } finally {
      app.remove();
    }
  });

  it('has no syntax that is newer than what it is compiled to, in JavaScript', async () => {
    const app = await renderUptimeApp(uptimeFixture({ 'tsconfig.json': null }));
    try {
      const files = filesIn(app.dir, '.js');
      expect(files).toHaveLength(5);
      expect(errorsOf(files, { ...NEXT, allowJs: true, strict: false })).toEqual([]);
      for (const file of files) expect(readFileSync(file, 'utf-8')).not.toMatch(/<%|: (string|Promise|unknown)\b|\binterface\b/);
    } finally {
      app.remove();
    }
  });
});
