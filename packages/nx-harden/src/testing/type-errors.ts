import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';

/** As create-next-app writes it. */
export const NEXT: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2017,
  lib: ['lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.esnext.d.ts'],
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  esModuleInterop: true,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  resolveJsonModule: true,
  isolatedModules: true,
  types: ['node'],
};
/** All that a team may ask for beyond that. */
export const STRICTEST: ts.CompilerOptions = {
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noPropertyAccessFromIndexSignature: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  noFallthroughCasesInSwitch: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  allowUnreachableCode: false,
  allowUnusedLabels: false,
  verbatimModuleSyntax: true,
  erasableSyntaxOnly: true,
};

const libraries = new Map<string, ts.SourceFile | undefined>();
/** What the compiler says of files in a folder, a line each. It reads each library once for all the programs. */
export function errorsOf(dir: string, files: string[], options: ts.CompilerOptions): string[] {
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (file, language, ...rest) => {
    if (file.startsWith(dir)) return read(file, language, ...rest);
    const key = JSON.stringify([file, language]);
    if (!libraries.has(key)) libraries.set(key, read(file, language, ...rest));
    return libraries.get(key);
  };
  const program = ts.createProgram(files, options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const line = file ? `${basename(file.fileName)}:${ts.getLineAndCharacterOfPosition(file, start).line + 1}: ` : '';
    return line + ts.flattenDiagnosticMessageText(messageText, '\n');
  });
}

/** All files below a folder with that ending. */
export const filesIn = (dir: string, extension: string): string[] => readdirSync(dir, { recursive: true, encoding: 'utf-8' }).filter((file) => file.endsWith(extension)).map((file) => join(dir, file));
