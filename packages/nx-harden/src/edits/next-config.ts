import type { Tree } from '@nx/devkit';
import type { EditResult, ReadTree } from '../capability';
import { fingerprint } from '../fingerprint';
import { inDir, type NextApp } from '../next-app';
import { findConfigExport, type ConfigExport } from './next-config-export';
import { appendStatement, isSeamUsed, unwrapSource } from './next-config-unwrap';
import { styleOf } from './script-style';
import { addSeamImport, findSeamImport, freeName, seamImportLine } from './seam-import';
import { nodesIn, openSource, spliceSource, type Source } from './source';

const NAME = 'withHardening';
const PATH = './hardening/next-config.cjs';
const HARDENED = 'hardenedConfig';

/** A config for an app that has none. */
const NEW_CONFIG = `import { ${NAME} } from '${PATH}';\n\nexport default ${NAME}({});\n`;

/** Wraps the default export of the app's Next config in `withHardening`, outermost. Twice is once. */
export function wrapNextConfig(tree: Tree, app: NextApp): EditResult {
  const { configFile } = app;
  if (configFile === undefined) {
    const path = newConfigFile(app);
    if (tree.exists(path)) return { status: 'unchanged' };
    tree.write(path, NEW_CONFIG);
    return { status: 'changed' };
  }
  const source = openSource(configFile, tree.read(configFile, 'utf-8') ?? '');
  if ('failure' in source) return manual(configFile, `It cannot be parsed: ${source.failure} Mend it and run again, or write:`, withoutSource());
  const exported = findConfigExport(source);
  const lines = remedyOf(source, exported);
  if (/\.c[jt]s$/.test(configFile)) {
    return manual(configFile, 'Next loads no config with this ending. Rename it to next.config.js (next.config.ts) and run again, or write in the config that Next loads:', lines);
  }
  const seam = findSeamImport(source, NAME, PATH);
  if (seam) {
    if (isSeamUsed(source, seam)) return { status: 'unchanged' };
    return manual(configFile, `It imports ${NAME} and does not use it. Wrap what it exports:`, lines);
  }
  if (source.tokens.some(({ text, isComment }) => !isComment && text.includes('hardening/next-config'))) {
    return manual(configFile, 'It brings in hardening/next-config in a way that is not understood, so it may be wrapped already. Write it like this:', lines);
  }
  if (exported.kind === 'unknown') return manual(configFile, `${exported.why} Wrap the config by hand:`, lines);
  const edited = wrap(source, exported);
  if (edited === undefined) return manual(configFile, 'The wrap would have changed something else in this file, so it was not written. Wrap the config by hand:', lines);
  tree.write(configFile, edited);
  return { status: 'changed' };
}

/** Takes the wrap and its import out again. A config that `isOurs`, and is as we made it, is deleted; a user's may read the same. */
export function unwrapNextConfig(tree: Tree, app: NextApp, { isOurs = false } = {}): EditResult {
  const configFile = app.configFile ?? newConfigFile(app);
  const text = tree.exists(configFile) ? (tree.read(configFile, 'utf-8') ?? '') : undefined;
  if (text === undefined) return { status: 'unchanged' };
  if (isOurs && fingerprint(configFile, text) === fingerprint(configFile, NEW_CONFIG)) {
    tree.delete(configFile);
    return { status: 'changed' };
  }
  const source = openSource(configFile, text);
  const seam = 'failure' in source ? undefined : findSeamImport(source, NAME, PATH);
  if ('failure' in source || !seam) return text.includes(PATH) ? manualRemoval(configFile, text) : { status: 'unchanged' };
  const edited = unwrapSource(source, seam);
  if (edited === undefined) return manualRemoval(configFile, text, seam.localName);
  tree.write(configFile, edited);
  return { status: 'changed' };
}

/** Whether what the app's config exports goes through `withHardening`. */
export function isNextConfigWrapped(tree: ReadTree, { configFile }: NextApp): boolean {
  const text = configFile && tree.exists(configFile) ? tree.read(configFile, 'utf-8') : null;
  if (!configFile || text === null) return false;
  const source = openSource(configFile, text);
  const seam = 'failure' in source ? undefined : findSeamImport(source, NAME, PATH);
  return !('failure' in source) && seam !== undefined && isSeamUsed(source, seam);
}

function wrap(source: Source, exported: Exclude<ConfigExport, { kind: 'unknown' }>): string | undefined {
  const localName = freeName(source, NAME);
  const { eol, semicolon } = styleOf(source);
  const usedAt = 'node' in exported ? exported.node.start : source.text.length;
  const replaced = exported.kind === 'specifier' ? [exported.local] : [];
  return spliceSource(
    source,
    (splices) => {
      addSeamImport(splices, source, { name: NAME, localName, path: PATH, style: importStyleOf(source, exported), usedAt });
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

/** `require` only in a file that is CommonJS throughout. */
function importStyleOf({ program }: Source, exported: ConfigExport): 'import' | 'require' {
  if ('module' in exported && exported.module === 'esm') return 'import';
  if (exported.kind !== 'unknown') return nodesIn(program, 'body').some(({ type }) => type === 'ImportDeclaration') ? 'import' : 'require';
  return nodesIn(program, 'body').some(({ type }) => /^(Import|Export)/.test(type)) ? 'import' : 'require';
}

function newConfigFile({ root, language, nextMajor }: NextApp): string {
  return inDir(root, language === 'ts' && nextMajor >= 15 ? 'next.config.ts' : 'next.config.mjs');
}

/** What to write by hand in this file. */
function remedyOf(source: Source, exported: ConfigExport): string {
  const style = importStyleOf(source, exported);
  const seam = findSeamImport(source, NAME, PATH);
  const localName = seam?.localName ?? freeName(source, NAME);
  const wrapped = exported.kind === 'unknown' && exported.remedy ? exported.remedy(localName) : exportLine(source, exported, localName, style);
  return `${seamImportLine(source, NAME, localName, PATH, style)}\n${wrapped.startsWith('import') ? '' : '\n'}${wrapped}`;
}

function exportLine({ text }: Source, exported: ConfigExport, localName: string, style: 'import' | 'require'): string {
  const node = exported.kind === 'specifier' ? exported.local : exported.kind === 'expression' ? exported.node : undefined;
  const expression = node && text.slice(node.start, node.end);
  const config = exported.kind === 'append' ? 'module.exports' : expression && expression.length < 80 && !expression.includes('\n') ? expression : 'nextConfig';
  return style === 'require' ? `module.exports = ${localName}(${config});` : `export default ${localName}(${config});`;
}

function withoutSource(): string {
  return NEW_CONFIG.replace('({})', '(nextConfig)').trimEnd();
}

function manual(file: string, why: string, lines: string): EditResult {
  return { status: 'manual', step: { file, why, lines } };
}

function manualRemoval(file: string, text: string, localName = NAME): EditResult {
  const ours = text.split(/\r?\n/).filter((line) => line.includes(localName) || line.includes(PATH));
  const why = `The wrap was changed by hand, so it is kept, and so are the files in hardening/. Take ${localName} out of these lines:`;
  return manual(file, why, ours.map((line) => line.trim()).join('\n'));
}
