import type { ReadTree } from '../../capability';
import { ScriptGraph } from '../../edits/layout-graph';
import { isElement } from '../../edits/layout-place';
import { renderedBy } from '../../edits/layout-rendered';
import { inDir, type NextApp } from '../../next-app';

/** Payload writes its layout anew when it is updated, and its admin is not what visitors see. */
const GENERATED = /THIS FILE WAS GENERATED AUTOMATICALLY BY PAYLOAD/;

/** The root layouts of the App Router that the team wrote: `<html>` is in them, or in a component that they render. */
export function rootLayoutsOf(tree: ReadTree, app: NextApp): string[] {
  return (app.appDir === undefined ? [] : findLayouts(tree, app, app.appDir)).filter((file) => !isGenerated(tree, file));
}

/** Whether the App Router has pages whose root layout was not found. */
export function isLayoutMissing(tree: ReadTree, app: NextApp): boolean {
  return app.appDir !== undefined && findLayouts(tree, app, app.appDir).length === 0 && hasPage(tree, app, app.appDir);
}

function findLayouts(tree: ReadTree, app: NextApp, dir: string): string[] {
  const entries = [...tree.children(dir)].sort();
  const layout = app.pageExtensions.map((extension) => `layout.${extension}`).find((name) => entries.includes(name));
  if (layout !== undefined && rendersHtml(tree, app, inDir(dir, layout))) return [inDir(dir, layout)];
  return foldersIn(tree, dir).flatMap((folder) => findLayouts(tree, app, folder));
}

function rendersHtml(tree: ReadTree, app: NextApp, file: string): boolean {
  const graph = new ScriptGraph(tree, app);
  const start = graph.exported(file, 'default');
  // Of a layout that cannot be parsed, its text is all there is to go by.
  if (graph.failures.has(file)) return tree.read(file, 'utf-8')?.includes('<html') ?? false;
  return renderedBy(graph, start).some(({ node }) => isElement(node, 'html') || isElement(node, 'body'));
}

function isGenerated(tree: ReadTree, file: string): boolean {
  return GENERATED.test(tree.read(file, 'utf-8') ?? '');
}

function hasPage(tree: ReadTree, app: NextApp, dir: string): boolean {
  return app.pageExtensions.some((extension) => tree.exists(inDir(dir, `page.${extension}`))) || foldersIn(tree, dir).some((folder) => hasPage(tree, app, folder));
}

function foldersIn(tree: ReadTree, dir: string): string[] {
  return [...tree.children(dir)].sort().map((entry) => inDir(dir, entry)).filter((path) => !tree.isFile(path));
}
