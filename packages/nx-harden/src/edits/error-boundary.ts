import type { Tree } from '@nx/devkit';
import type { EditResult } from '../capability';
import { exportedFunction } from './exported-function';
import { atTopOf } from './function-body';
import { insertRecorded } from './recorded-insertions';
import { inStyle } from './script-style';
import { importPlace } from './seam-import';
import { nodeIn, nodesIn, openSource, type SyntaxNode } from './source';

/** Calls a hook with the error that a boundary (`error.tsx`, `global-error.tsx`) shows, at the top of its component. */
export function reportInBoundary(tree: Tree, path: string, hook: { name: string; from: string }, added: Record<string, string[]>): EditResult {
  const lines = `import { ${hook.name} } from '${hook.from}';\n\n// First in the component:\n${hook.name}(error);`;
  const manual = (why: string): EditResult => ({ status: 'manual', step: { file: path, why: `${why}, so it is untouched. Add by hand:`, lines } });
  const source = openSource(path, tree.read(path, 'utf-8') ?? '');
  if ('failure' in source) return manual(`It cannot be parsed (${source.failure})`);
  const component = exportedFunction(source, 'default');
  if (component.kind === 'absent') return manual('It exports no component');
  if (component.kind === 'unknown') return manual(`Its component cannot be looked into: ${component.why}`);
  if (source.tokens.some(({ text }) => text === hook.name)) return manual(`The name ${hook.name} is taken in it`);
  const error = errorIn(component.node);
  if (!error) return manual('Its component does not take the error');
  const call = atTopOf(source, component.node, [`${hook.name}(${error});`]);
  if (!call) return manual('Its component has no block to write into');
  const done = insertRecorded(source, [importPlace(source, inStyle(source, `import { ${hook.name} } from '${hook.from}';`)), call]);
  if (!done) return manual('What would come out of it is not what was there with something added');
  tree.write(path, done.text);
  added[path] = done.recorded;
  return { status: 'changed' };
}

/** How the component calls its error: `error`, `error: failure`, `props.error`; undefined where it does not take it whole. */
function errorIn(component: SyntaxNode): string | undefined {
  const [props] = nodesIn(component, 'params');
  if (props?.type === 'Identifier') return props['name'] === 'this' || props['optional'] === true ? undefined : `${String(props['name'])}.error`;
  if (props?.type !== 'ObjectPattern') return undefined;
  const properties = nodesIn(props, 'properties');
  const named = properties.find((property) => (nodeIn(property, 'key')?.['name'] ?? nodeIn(property, 'key')?.['value']) === 'error');
  if (named) {
    const value = nodeIn(named, 'value');
    const name = value?.type === 'AssignmentPattern' ? nodeIn(value, 'left') : value;
    return name?.type === 'Identifier' ? String(name['name']) : undefined;
  }
  const rest = nodeIn(properties.find(({ type }) => type === 'RestElement'), 'argument');
  return rest?.type === 'Identifier' ? `${String(rest['name'])}.error` : undefined;
}
