import type { Tree } from '@nx/devkit';
import type { EditResult, ReadTree } from '../capability';
import { inDir, type NextApp } from '../next-app';
import { findConfigExport, type ConfigExport } from './next-config-export';
import { styleOf } from './script-style';
import { addSeamImport, findSeamImport, freeName, removeSeamImport, seamImportLine } from './seam-import';
import { cutSource, nodeIn, nodesIn, openSource, spliceSource, type Source, type SyntaxNode } from './source';

const NAME = 'withHardening';
const PATH = './hardening/next-config.cjs';
const HARDENED = 'hardenedConfig';

/** A config for an app that has none. */
const NEW_CONFIG = `import { ${NAME} } from '${PATH}';\n\nexport default ${NAME}({});\n`;

/** Wraps the default export of the app's Next config in `withHardening`, outermost. Twice is once. */
export function wrapNextConfig(tree: Tree, app: NextApp): EditResult {
  const { configFile } = app;
  if (configFile === undefined) {
    tree.write(newConfigFile(app), NEW_CONFIG);
    return { status: 'changed' };
  }
  if (configFile.endsWith('.cjs')) {
    return manual(configFile, 'Next never loads a next.config.cjs. Rename it to next.config.js (or .mjs) and run again, or write in the config that Next loads:');
  }
  const source = openSource(configFile, tree.read(configFile, 'utf-8') ?? '');
  if ('failure' in source) return manual(configFile, `It cannot be parsed: ${source.failure}. Mend it and run again, or write:`);
  const exported = findConfigExport(source);
  if (isWrapped(source, exported)) return { status: 'unchanged' };
  if (exported.kind === 'unknown') return manual(configFile, `${exported.why} Wrap the config where it is made:`, source);
  if (findSeamImport(source, NAME, PATH)) return manual(configFile, 'It imports withHardening, but does not export what withHardening returns:', source);

  const edited = wrap(source, exported);
  if (edited === undefined) return manual(configFile, 'The wrap would have changed something else in this file, so it was not written. Write by hand:', source);
  tree.write(configFile, edited);
  return { status: 'changed' };
}

/** Takes the wrap and its import out again. A config that only we made is deleted. */
export function unwrapNextConfig(tree: Tree, app: NextApp): EditResult {
  const { configFile } = app;
  const text = configFile && tree.exists(configFile) ? (tree.read(configFile, 'utf-8') ?? '') : undefined;
  if (configFile === undefined || text === undefined) return { status: 'unchanged' };
  if (text.replaceAll('\r\n', '\n') === NEW_CONFIG) {
    tree.delete(configFile);
    return { status: 'changed' };
  }
  const source = openSource(configFile, text);
  const seam = 'failure' in source ? undefined : findSeamImport(source, NAME, PATH);
  if ('failure' in source || !seam) return text.includes(PATH) ? manualRemoval(configFile) : { status: 'unchanged' };
  const edited = unwrap(source, findConfigExport(source), seam.localName);
  if (edited === undefined) return manualRemoval(configFile);
  tree.write(configFile, edited);
  return { status: 'changed' };
}

/** Whether what the app's config exports went through `withHardening`. */
export function isNextConfigWrapped(tree: ReadTree, { configFile }: NextApp): boolean {
  const text = configFile && tree.exists(configFile) ? tree.read(configFile, 'utf-8') : null;
  if (!configFile || text === null) return false;
  const source = openSource(configFile, text);
  return !('failure' in source) && isWrapped(source, findConfigExport(source));
}

function wrap(source: Source, exported: Exclude<ConfigExport, { kind: 'unknown' }>): string | undefined {
  const localName = freeName(source, NAME);
  const { eol, semicolon } = styleOf(source);
  const hasImports = nodesIn(source.program, 'body').some(({ type }) => type === 'ImportDeclaration');
  const style = exported.module === 'esm' || hasImports ? 'import' : 'require';
  const replaced = exported.kind === 'specifier' ? [exported.local] : [];
  return spliceSource(
    source,
    (splices) => {
      addSeamImport(splices, source, NAME, localName, PATH, style);
      switch (exported.kind) {
        case 'expression':
        case 'declaration':
          splices.appendRight(exported.node.start, `${localName}(`);
          splices.appendLeft(exported.node.end, exported.kind === 'declaration' ? `)${semicolon}` : ')');
          break;
        case 'specifier': {
          const hardened = freeName(source, HARDENED);
          const name = source.text.slice(exported.local.start, exported.local.end);
          splices.overwrite(exported.local.start, exported.local.end, hardened);
          appendStatement(splices, source, `const ${hardened} = ${localName}(${name})${semicolon}`, eol);
          break;
        }
        case 'append':
          appendStatement(splices, source, `module.exports = ${localName}(module.exports)${semicolon}`, eol);
      }
    },
    replaced,
  );
}

/** Adds a last statement so that {@link removeStatement} can give every byte back. */
function appendStatement(splices: import('magic-string').default, { text }: Source, statement: string, eol: string): void {
  splices.append(text.endsWith('\n') ? `${eol}${statement}${eol}` : `${eol}${eol}${statement}`);
}

function removeStatement(splices: import('magic-string').default, { text }: Source, { start, end }: SyntaxNode): void {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const isLastLine = end >= text.length;
  const before = isLastLine ? eol + eol : eol;
  const from = text.slice(0, start).endsWith(before) ? start - before.length : start;
  splices.remove(from, isLastLine ? end : end + (/^\r?\n/.exec(text.slice(end))?.[0].length ?? 0));
}

function unwrap(source: Source, exported: ConfigExport, localName: string): string | undefined {
  const seam = findSeamImport(source, NAME, PATH);
  const body = nodesIn(source.program, 'body');
  const appended = body.find((statement) => isAppendedWrap(statement, localName));
  const hardened = exported.kind === 'specifier' ? body.find((statement) => isCallOf(declared(statement, exported.local['name']), localName)) : undefined;
  if (!seam) return undefined;
  return cutSource(
    source,
    (splices) => {
      removeSeamImport(splices, source, seam);
      if (appended) removeStatement(splices, source, appended);
      else if (exported.kind === 'specifier' && hardened) {
        const [argument] = nodesIn(declared(hardened, exported.local['name']), 'arguments');
        splices.overwrite(exported.local.start, exported.local.end, source.text.slice(argument?.start, argument?.end));
        removeStatement(splices, source, hardened);
      } else if (exported.kind === 'expression' && isCallOf(exported.node, localName)) {
        removeCall(splices, source, exported.node);
      }
    },
    exported.kind === 'specifier' ? [exported.local] : [],
  );
}

function removeCall(splices: import('magic-string').default, { text }: Source, call: SyntaxNode): void {
  const [argument] = nodesIn(call, 'arguments');
  if (!argument) return;
  const extra = argument['extra'] as { parenStart?: number } | undefined;
  const argumentStart = extra?.parenStart ?? argument.start;
  const argumentEnd = extra?.parenStart === undefined ? argument.end : text.indexOf(')', argument.end) + 1;
  splices.remove(call.start, argumentStart);
  // A function that was declared stands without a semicolon.
  const wasDeclared = argument.type === 'FunctionExpression' && /export\s+default\s+$/.test(text.slice(0, call.start));
  splices.remove(argumentEnd, call.end + (wasDeclared && text[call.end] === ';' ? 1 : 0));
}

function isWrapped(source: Source, exported: ConfigExport): boolean {
  const seam = findSeamImport(source, NAME, PATH);
  if (!seam) return false;
  const body = nodesIn(source.program, 'body');
  if (body.some((statement) => isAppendedWrap(statement, seam.localName))) return true;
  if (exported.kind === 'specifier') return body.some((statement) => isCallOf(declared(statement, exported.local['name']), seam.localName));
  return exported.kind === 'expression' && isCallOf(exported.node, seam.localName);
}

function isAppendedWrap(statement: SyntaxNode, localName: string): boolean {
  const assignment = nodeIn(statement, 'expression');
  const call = nodeIn(assignment, 'right');
  const [argument] = nodesIn(call, 'arguments');
  return isCallOf(call, localName) && nodeIn(argument, 'object')?.['name'] === 'module' && nodeIn(argument, 'property')?.['name'] === 'exports';
}

function declared(statement: SyntaxNode, name: unknown): SyntaxNode | undefined {
  return nodeIn(nodesIn(statement, 'declarations').find((one) => nodeIn(one, 'id')?.['name'] === name), 'init');
}

function isCallOf(node: SyntaxNode | undefined, name: string): boolean {
  return node?.type === 'CallExpression' && nodeIn(node, 'callee')?.['name'] === name;
}

function newConfigFile({ root, language, nextMajor }: NextApp): string {
  return inDir(root, language === 'ts' && nextMajor >= 15 ? 'next.config.ts' : 'next.config.mjs');
}

function manual(file: string, why: string, source?: Source): EditResult {
  const style = source && !nodesIn(source.program, 'body').some(({ type }) => /^(Import|Export)/.test(type)) ? 'require' : 'import';
  const line = source ? seamImportLine(source, NAME, NAME, PATH, style) : `import { ${NAME} } from '${PATH}';`;
  const wrapped = style === 'require' ? `module.exports = ${NAME}(nextConfig);` : `export default ${NAME}(nextConfig);`;
  return { status: 'manual', step: { file, why, lines: `${line}\n\n${wrapped}` } };
}

function manualRemoval(file: string): EditResult {
  return {
    status: 'manual',
    step: { file, why: 'The wrap was changed by hand, so it is kept, and so are the files in hardening/. Take these out:', lines: `import { ${NAME} } from '${PATH}';\n${NAME}( … ) around the exported config` },
  };
}
