import { posix } from 'node:path';
import type { Tree } from '@nx/devkit';
import type { EditResult, ReadTree } from '../capability';
import type { NextApp } from '../next-app';
import { ScriptGraph, type Part } from './layout-graph';
import { loads, manualPlaces, merged, notOurs, putAt, scriptNaming, type Added, type LeftPlace, type PlaceReading } from './layout-place';
import type { PageScript } from './layout-script';
import { pageExpressions, putBesidePage } from './pages-app-place';
import type { SyntaxNode } from './source';

const BESIDE = 'Beside <Component {...pageProps} />, in a fragment:';

/** Reads whether the pages below `_app` load a script, whoever put it there, and else which expressions it goes beside. */
export function readPagesApp(tree: ReadTree, app: NextApp, file: string, script: PageScript): PlaceReading {
  const graph = new ScriptGraph(tree, app);
  const start = graph.exported(file, 'default');
  const failure = graph.failures.get(file);
  const unknown = (why: string, at = file): PlaceReading => ({ kind: 'unknown', why, file: at });
  if (failure !== undefined) return unknown(`It cannot be parsed: ${failure} Mend it and run again, or write:`);
  if (loads(graph, start, script)) return { kind: 'rendered' };

  const inside = scriptNaming(tree, posix.dirname(file), script, (name) => /\.[jt]sx?$/.test(name) && name !== posix.basename(file));
  if (inside !== undefined) return unknown(`${inside} renders it for a part of the pages, which would be counted twice. Take it out there, and write here:`);
  const places = expressionsIn(graph, start);
  const [first] = places;
  if (!first) return unknown('Where it renders the page was not found. Write there:');
  const why = notOurs(app, first);
  return why === undefined ? { kind: 'lacking', places } : unknown(why, first.source.path);
}

/** Puts the components of scripts that the pages do not load beside the page in `_app`. Twice is once. */
export function putInPagesApp(tree: Tree, app: NextApp, file: string, scripts: readonly PageScript[], recorded: Readonly<Added>): { results: EditResult[]; added: Added } {
  const left: LeftPlace[] = [];
  let added: Added = {};
  for (const script of scripts) {
    const reading = readPagesApp(tree, app, file, script);
    if (reading.kind === 'unknown') left.push({ ...reading, script });
    if (reading.kind !== 'lacking') continue;
    const put = putAt(tree, reading.places, script, merged(recorded, added), putBesidePage);
    if (put.left) left.push(put.left);
    added = merged(added, put.added);
  }
  return { results: manualPlaces(tree, left, BESIDE), added };
}

/** The nearest part that renders the page: the component itself, behind what it is handed to. */
function expressionsIn(graph: ScriptGraph, start: Parameters<ScriptGraph['follow']>[0]): Part[] {
  let places: Part[] = [];
  const seen = new Set<SyntaxNode>();
  graph.follow(start, {
    node: (node, source) => {
      if (places.length > 0 || seen.has(node)) return undefined;
      seen.add(node);
      if (/^(Function|ArrowFunction|Class|VariableDeclarator)/.test(node.type)) places = pageExpressions(node).map((expression) => ({ source, node: expression }));
      return undefined;
    },
  });
  return places;
}
