import { posix } from 'node:path';
import type { Tree } from '@nx/devkit';
import type { EditResult, ReadTree } from '../capability';
import type { NextApp } from '../next-app';
import { appendChild } from './layout-children';
import { ScriptGraph } from './layout-graph';
import { isElement, isFilledByAttribute, loads, manualPlaces, merged, notOurs, putAt, scriptNaming, type Added, type LeftPlace, type PlaceReading } from './layout-place';
import { renderedBy } from './layout-rendered';
import type { PageScript } from './layout-script';
import type { SyntaxNode } from './source';

const isBody = (node: SyntaxNode): boolean => isElement(node, 'body');
/** What Next renders inside a layout. */
const INSIDE = /^(layout|template|page|default)\.([\w.]+\.)?[jt]sx?$/;

/** Reads whether the pages of a root layout load a script, whoever put it there, and else which `<body>` it goes into. */
export function readLayout(tree: ReadTree, app: NextApp, layout: string, script: PageScript): PlaceReading {
  const graph = new ScriptGraph(tree, app);
  const start = graph.exported(layout, 'default');
  const failure = graph.failures.get(layout);
  const unknown = (why: string, file = layout): PlaceReading => ({ kind: 'unknown', why, file });
  if (failure !== undefined) return unknown(`It cannot be parsed: ${failure} Mend it and run again, or write:`);
  if (loads(graph, start, script, isBody)) return { kind: 'rendered' };

  const bodies = renderedBy(graph, start).filter(({ node }) => isBody(node));
  const [unreadable] = graph.failures.keys();
  if (bodies.length === 0) return unknown(unreadable === undefined ? 'No <body> was found in it, nor in the components of the app that it renders. Where it is, write:' : `No <body> was found in it, and ${unreadable} cannot be parsed. Where it is, write:`);
  const lacking = bodies.filter((body) => !loads(graph, [body], script));
  if (lacking.length === 0) return { kind: 'rendered' };

  const inside = scriptNaming(tree, posix.dirname(layout), script, (name) => INSIDE.test(name) && name !== posix.basename(layout));
  if (inside !== undefined) return unknown(`${inside} renders it for a part of the pages, which would be counted twice. Take it out there, and write here:`);
  for (const body of lacking) {
    const why = notOurs(app, body) ?? (isFilledByAttribute(body.node) ? 'Its <body> gets its children by an attribute, which a child that is written out would displace. Write:' : undefined);
    if (why !== undefined) return unknown(why, body.source.path);
  }
  return { kind: 'lacking', places: lacking };
}

/** Puts the components of scripts that the pages of a root layout do not load into each of its `<body>`. Twice is once. */
export function putInLayout(tree: Tree, app: NextApp, layout: string, scripts: readonly PageScript[], recorded: Readonly<Added>): { results: EditResult[]; added: Added } {
  const left: LeftPlace[] = [];
  let added: Added = {};
  for (const script of scripts) {
    const reading = readLayout(tree, app, layout, script);
    if (reading.kind === 'unknown') left.push({ ...reading, script });
    if (reading.kind !== 'lacking') continue;
    const put = putAt(tree, reading.places, script, merged(recorded, added), appendChild);
    if (put.left) left.push(put.left);
    added = merged(added, put.added);
  }
  return { results: manualPlaces(tree, left), added };
}
