import type { EditResult } from '../capability';
import type { ProxyExport, Remedy } from './proxy-export';
import { entryOf, printEntry, quoted, type AddedMatcher } from './proxy-entry';
import { CONFIG } from './proxy-matcher';
import { LIMIT, LIMIT_PATH, type ProxySeam } from './proxy-seam';
import { importStyleOf, nameFor, stemOf } from './proxy-wrap';
import { freeName, seamImportLine } from './seam-import';
import { nodeIn, type Source, type SyntaxNode } from './source';

/** What is known of a file that is left to a person. */
interface Known {
  source: Source;
  exported: ProxyExport;
  seam: ProxySeam;
}

/** Leaves the limiting of a file to a person, with the lines for that very file. */
export function manualLimit(file: string, known: Known | undefined, why: string, matchers: readonly AddedMatcher[]): { result: EditResult } {
  const wrap = known ? wrapLines(known, matchers.length > 0) : [`import { ${LIMIT} } from '${LIMIT_PATH}';`, '', `export default ${LIMIT}(handler${matchers.length > 0 ? `, () => ${CONFIG}` : ''});`];
  const entries = matchers.length > 0 ? ['', `// At the end of the list in ${CONFIG}.matcher, where one does not reach these addresses:`, ...matchers.map((matcher) => `${printEntry(entryOf(matcher), { quote: "'", eol: '\n', step: '  ', lastComma: ',' }, '')},`)] : [];
  return { result: { status: 'manual', step: { file, why, lines: [...wrap, ...entries].join('\n') } } };
}

/** Leaves an entry to a person which reads like one of ours, so that what they wrote would not run there any more. */
export function manualClash(file: string, source: string): EditResult {
  const why = `Its matcher has ${source}, which the limiter would take for its own, so that what you wrote would not run there. Give the parameter another name, and run again:`;
  return { status: 'manual', step: { file, why, lines: `${quoted(source.replaceAll(':limited', ':path'), "'")},` } };
}

/** Leaves the removal to a person, with the lines that are ours. */
export function manualRemoval(file: string, text: string): EditResult {
  const ours = text.split(/\r?\n/).filter((line) => line.includes(LIMIT) || line.includes('hardening/rate-limit'));
  const why = `The seam was changed by hand, so it is kept, and so are the files in hardening/. Take ${LIMIT} out of these lines, and the addresses that it added out of the matcher:`;
  return { status: 'manual', step: { file, why, lines: ours.map((line) => line.trim()).join('\n') } };
}

function wrapLines({ source, exported, seam }: Known, hasConfig: boolean): string[] {
  const localName = seam.imported?.localName ?? freeName(source, LIMIT);
  if (seam.state === 'limited') return [`// The config goes to the limiter, so that what you wrote runs where it did: ${localName}(…, () => ${CONFIG})`];
  const style = importStyleOf(source);
  const wrap = (handler: string) => `${localName}(${handler}${hasConfig ? `, () => ${CONFIG}` : ''});`;
  const line = seamImportLine(source, LIMIT, localName, LIMIT_PATH, style);
  return exportLines(source, exported, style, wrap, line);
}

function exportLines(source: Source, exported: ProxyExport, style: 'import' | 'require', wrap: (handler: string) => string, line: string): string[] {
  const name = 'name' in exported ? exported.name : stemOf(source);
  if (style === 'require') {
    const target = name === 'default' ? 'module.exports' : `module.exports.${name}`;
    return [line, '', `${target} = ${wrap(target)}`];
  }
  const { handler, as, lead } = (exported.kind === 'unknown' ? exported.remedy : undefined) ?? handlerIn(source, exported);
  const above = [...(lead ? [lead] : []), line, ''];
  if (as === 'default') return [...above, `export default ${wrap(handler)}`];
  if (as === 'constant') return [...above, `export const ${name} = ${wrap(handler)}`];
  const limited = freeName(source, nameFor('limited', stemOf(source)));
  return [...above, `const ${limited} = ${wrap(handler)}`, `export { ${limited} as ${name} };`];
}

/** What a person wraps: the expression where it is short, else what it is. */
function handlerIn(source: Source, exported: ProxyExport): Remedy {
  const name = 'name' in exported ? exported.name : stemOf(source);
  const text = (node: SyntaxNode | undefined) => (node ? source.text.slice(node.start, node.end) : '');
  switch (exported.kind) {
    case 'specifier':
      return { handler: text(exported.local), as: 'specifier' };
    case 'reexport':
      return { handler: 'handler', as: name === 'default' ? 'default' : 'constant', lead: `import { ${text(nodeIn(exported.specifier, 'local'))} as handler } from ${text(nodeIn(exported.statement, 'source'))};` };
    case 'expression':
      return { handler: /^[\w$.]+$/.test(text(exported.node)) ? text(exported.node) : 'handler', as: name === 'default' ? 'default' : 'constant' };
    default:
      return { handler: 'handler', as: name === 'default' ? 'default' : 'constant' };
  }
}
