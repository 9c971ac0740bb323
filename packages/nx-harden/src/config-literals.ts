import type { ReadTree } from './capability';
import { literalValue, nodeIn, parseScript, walk } from './edits/source';

/** What a Next config has for an option that it writes out, wherever in the file that is; undefined for one that it has not, or works out. */
export function configLiteral(tree: ReadTree, configFile: string | undefined, option: string): unknown {
  const text = configFile === undefined ? null : tree.read(configFile, 'utf-8');
  if (configFile === undefined || text === null || !text.includes(option)) return undefined;
  const program = parseScript(configFile, text);
  let value: unknown;
  if (program) {
    walk(program, (node) => {
      const key = nodeIn(node, 'key');
      if (node.type === 'ObjectProperty' && (key?.['name'] ?? key?.['value']) === option) value ??= literalValue(nodeIn(node, 'value') ?? node);
    });
  }
  return value;
}
