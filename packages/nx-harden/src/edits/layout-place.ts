import type MagicString from 'magic-string';
import type { Tree } from '@nx/devkit';
import type { EditResult, ReadTree } from '../capability';
import type { NextApp } from '../next-app';
import { textsIn, type Put } from './layout-children';
import { ScriptGraph, type Part } from './layout-graph';
import { holdersIn, isName } from './layout-record';
import { localNameOf, starts, type PageScript } from './layout-script';
import { childrenOf } from './layout-shape';
import { addSeamImport, seamImportLine } from './seam-import';
import { nodeIn, nodesIn, openSource, spliceSource, walk, type Source, type SyntaxNode } from './source';

/** Whether pages load a script, and where its component goes if they do not. */
export type PlaceReading =
  | { kind: 'rendered' }
  | { kind: 'lacking'; places: readonly Part[] }
  /** `why` ends in a colon: lines to write follow. */
  | { kind: 'unknown'; why: string; file: string };

/** What an edit recorded, by path: the component's names in that file, and the old texts of what holds them, in the order in which they stand. */
export type Added = Record<string, string[]>;

/** Puts the component at a place. */
export type Putting = (splices: MagicString, source: Source, place: SyntaxNode, element: string) => Put;

/** Whether what is reached from somewhere loads the script; what `isLeftOut` says is not looked into. */
export function loads(graph: ScriptGraph, start: Parameters<ScriptGraph['follow']>[0], script: PageScript, isLeftOut: (node: SyntaxNode) => boolean = () => false): boolean {
  let found = false;
  graph.follow(start, {
    node: (node) => {
      if (isLeftOut(node)) return false;
      if (node.type === 'StringLiteral' || node.type === 'TemplateElement') found ||= script.url.test(JSON.stringify(node['value']));
      return undefined;
    },
    packageExport: ({ path, name }) => {
      found ||= starts(script, path, name);
    },
  });
  return found;
}

/** Why a file that other apps may use, or that does not lie in the app, is not changed; undefined for one that may be. */
export function notOurs(app: NextApp, { source }: Part): string | undefined {
  const isInApp = app.root === '.' || source.path.startsWith(`${app.root}/`);
  return isInApp && !source.path.includes('node_modules/') ? undefined : 'It lies outside the app, so that other apps may use it as well. Write there, or in a component that only this app renders:';
}

/** Writes the component to its places, with one import in each file. All or nothing. */
export function putAt(tree: Tree, places: readonly Part[], script: PageScript, recorded: Readonly<Added>, put: Putting): { left?: LeftPlace; added: Added } {
  const written: Record<string, string> = {};
  const added: Added = {};
  for (const source of new Set(places.map((place) => place.source))) {
    const nodes = places.filter((place) => place.source === source).map(({ node }) => node);
    const record = recorded[source.path] ?? [];
    const { localName, isImported } = localNameOf(source, script, record);
    const puts: Put[] = [];
    const text = spliceSource(
      source,
      (splices) => {
        const usedAt = Math.min(...nodes.map(({ start }) => start));
        if (!isImported) addSeamImport(splices, inScriptStyle(source), { name: script.name, localName, path: script.path, style: 'import', usedAt });
        for (const node of nodes) puts.push(put(splices, source, node, `<${localName} />`));
      },
      nodes.flatMap(textsIn),
    );
    if (text === undefined) return { left: { file: source.path, why: 'The edit would have changed something else in this file, so it was not written. Write by hand:', script }, added: {} };
    written[source.path] = text;
    added[source.path] = [...new Set([...record.filter(isName), localName]), ...originalsOf(source, record, puts)];
  }
  for (const [path, text] of Object.entries(written)) tree.write(path, text);
  return { added };
}

/** The old texts of all that now holds a component, in the order in which they stand. */
function originalsOf(source: Source, record: readonly string[], puts: readonly Put[]): string[] {
  const earlier = holdersIn(source, record).map(({ node, original }) => ({ holder: node, original: original ?? source.text.slice(node.start, node.end) }));
  const later = puts.filter(({ holder }) => !earlier.some((one) => one.holder === holder));
  return [...earlier, ...later].sort((a, b) => a.holder.start - b.holder.start).map(({ original }) => original);
}

/** What was recorded, after a later edit: that has the whole record of the files which it changed. */
export function merged(earlier: Readonly<Added>, later: Readonly<Added>): Added {
  return { ...earlier, ...later };
}

/** What is left to a person: a component, and why. */
export interface LeftPlace {
  file: string;
  why: string;
  script: PageScript;
}

/** Leaves components to a person, those of one file and reason together, with the lines for that very file. */
export function manualPlaces(tree: ReadTree, left: readonly LeftPlace[], where = 'As the last children of <body>:'): EditResult[] {
  const reasons = new Map<string, LeftPlace[]>();
  for (const one of left) reasons.set(`${one.file} ${one.why}`, [...(reasons.get(`${one.file} ${one.why}`) ?? []), one]);
  return [...reasons.values()].flatMap((places) => {
    const [first] = places;
    return first ? [{ status: 'manual', step: { file: first.file, why: first.why, lines: linesFor(tree, first.file, places, where) } } satisfies EditResult] : [];
  });
}

function linesFor(tree: ReadTree, file: string, places: readonly LeftPlace[], where: string): string {
  const opened = openSource(file, tree.read(file, 'utf-8') ?? '');
  const source = 'failure' in opened ? undefined : opened;
  const names = places.map(({ script }) => ({ script, localName: source ? localNameOf(source, script, []).localName : script.name }));
  const imports = names.map(({ script, localName }) =>
    source ? seamImportLine(inScriptStyle(source), script.name, localName, script.path, 'import') : `import { ${localName} } from '${script.path}';`,
  );
  return [...imports, '', `// ${where}`, ...names.map(({ localName }) => `<${localName} />`)].join('\n');
}

/** A script as its quotes are chosen outside of attributes, where they are double in nearly all styles. */
function inScriptStyle(source: Source): Source {
  const values: SyntaxNode[] = [];
  walk(source.program, (node) => {
    const value = node.type === 'JSXAttribute' ? nodeIn(node, 'value') : undefined;
    if (value?.type === 'StringLiteral') values.push(value);
  });
  return { ...source, tokens: source.tokens.filter(({ start }) => !values.some((value) => value.start === start)) };
}

/** A script below a folder that names the package, such as a page: what is put above it would count its visitors twice. */
export function scriptNaming(tree: ReadTree, dir: string, script: PageScript, isLookedAt: (name: string) => boolean): string | undefined {
  for (const entry of [...tree.children(dir)].sort()) {
    const path = `${dir}/${entry}`;
    const found = tree.isFile(path) ? (isLookedAt(entry) && namesComponent(tree, path, script) ? path : undefined) : scriptNaming(tree, path, script, isLookedAt);
    if (found !== undefined) return found;
  }
  return undefined;
}

function namesComponent(tree: ReadTree, path: string, script: PageScript): boolean {
  const text = tree.read(path, 'utf-8') ?? '';
  if (!text.includes(script.package)) return false;
  const graph = new ScriptGraph(tree, { root: '.', dependencies: {} } as unknown as NextApp);
  return loads(graph, graph.exported(path, '*'), script);
}

/** Whether a node is an element of that name. */
export function isElement(node: SyntaxNode | undefined, name: string): boolean {
  return node?.type === 'JSXElement' && nodeIn(nodeIn(node, 'openingElement'), 'name')?.['name'] === name;
}

/** Whether an element gets its children by an attribute, which a child that is written out would displace. */
export function isFilledByAttribute(element: SyntaxNode): boolean {
  const opening = nodeIn(element, 'openingElement');
  if (opening?.['selfClosing'] === true) return true;
  const isSpread = nodesIn(opening, 'attributes').some(({ type }) => type === 'JSXSpreadAttribute');
  if (isSpread && childrenOf(element).every((child) => nodeIn(child, 'expression')?.type === 'JSXEmptyExpression')) return true;
  return nodesIn(opening, 'attributes').some((one) => ['children', 'dangerouslySetInnerHTML'].includes(String(nodeIn(one, 'name')?.['name'])));
}
