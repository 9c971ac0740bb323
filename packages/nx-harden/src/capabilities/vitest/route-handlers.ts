import type { ReadTree } from '../../capability';
import { literalValue, nodeIn, nodesIn, openSource, walk, type SyntaxNode } from '../../edits/source';
import { inDir, type NextApp } from '../../next-app';
import { exportedFunctions, isHarmless } from './components';

/** A route handler that a test can call by itself. */
export interface CallableHandler {
  file: string;
  /** As it is asked for: `/api/hello`. */
  path: string;
  request: 'none' | 'Request' | 'NextRequest';
  status: number;
  /** What it answers, where that is written out. */
  answers?: { kind: 'text' | 'json'; value: unknown };
}

const HARMLESS = /^next\/server$/;
/** What a handler needs a server, a secret or the network for. */
const NEEDS_MORE = /\b(process|fetch|cookies|headers|draftMode|require|import\.meta|after|connection|redirect|notFound|setTimeout)\b\s*[.(]/;

/** The GET handlers of the app that need nothing but a request, the simplest first. */
export function callableHandlers(tree: ReadTree, app: NextApp): CallableHandler[] {
  const files = app.appDir ? routeFiles(tree, app.appDir) : [];
  return files.flatMap((file) => handlerIn(tree, app, file)).sort((a, b) => Number(!a.answers) - Number(!b.answers) || a.file.length - b.file.length);
}

function routeFiles(tree: ReadTree, dir: string): string[] {
  return [...tree.children(dir)].sort().flatMap((entry) => {
    const path = inDir(dir, entry);
    if (tree.isFile(path)) return /^route\.[jt]s$/.test(entry) ? [path] : [];
    return /^[[@_]|^node_modules$/.test(entry) ? [] : routeFiles(tree, path);
  });
}

function handlerIn(tree: ReadTree, app: NextApp, file: string): CallableHandler[] {
  const text = tree.read(file, 'utf-8') ?? '';
  const source = openSource(file, text);
  if ('failure' in source || !isHarmless(tree, app, file, { packages: HARMLESS, needsMore: NEEDS_MORE })) return [];
  const handler = exportedFunctions(source.program).find(({ name }) => name === 'GET')?.node;
  const params = nodesIn(handler, 'params');
  if (!handler || params.length > 1) return [];
  const [answer, ...others] = returnsOf(handler);
  if (!answer || others.length > 0) return [];
  const response = responseOf(answer);
  const param = params[0] ? text.slice(params[0].start, params[0].end) : undefined;
  const request = param === undefined ? 'none' : /NextRequest/.test(param) || /\.nextUrl\b/.test(text) ? 'NextRequest' : 'Request';
  return response ? [{ file, path: urlPath(app, file), request, ...response }] : [];
}

function returnsOf(handler: SyntaxNode): SyntaxNode[] {
  const body = nodeIn(handler, 'body');
  if (body && body.type !== 'BlockStatement') return [body];
  const found: SyntaxNode[] = [];
  walk(handler, (node) => {
    if (node !== handler && /Function/.test(node.type)) return false;
    const argument = node.type === 'ReturnStatement' ? nodeIn(node, 'argument') : undefined;
    if (argument) found.push(argument);
    return true;
  });
  return found;
}

/** What `new Response(…)`, `Response.json(…)` or NextResponse's come to. */
function responseOf(node: SyntaxNode): Pick<CallableHandler, 'status' | 'answers'> | undefined {
  const callee = nodeIn(node, 'callee');
  const isNew = node.type === 'NewExpression' && /^(Next)?Response$/.test(String(callee?.['name']));
  const isJson = node.type === 'CallExpression' && /^(Next)?Response$/.test(String(nodeIn(callee, 'object')?.['name'])) && nodeIn(callee, 'property')?.['name'] === 'json';
  if (!isNew && !isJson) return undefined;
  const [content, init] = nodesIn(node, 'arguments');
  const status = init ? statusOf(init) : 200;
  if (status === undefined) return undefined;
  const value = content && isWrittenOut(content) ? literalValue(content) : undefined;
  const isWritten = isNew ? typeof value === 'string' : value !== undefined;
  return { status, ...(isWritten && { answers: { kind: isNew ? ('text' as const) : ('json' as const), value } }) };
}

function isWrittenOut(node: SyntaxNode): boolean {
  if (node.type === 'ArrayExpression') return (node['elements'] as unknown[]).length === nodesIn(node, 'elements').length && nodesIn(node, 'elements').every(isWrittenOut);
  if (node.type !== 'ObjectExpression') return /^(String|Numeric|Boolean|Null)Literal$/.test(node.type);
  return nodesIn(node, 'properties').every((property) => property.type === 'ObjectProperty' && property['computed'] !== true && isWrittenOut(nodeIn(property, 'value') ?? property));
}

function statusOf(init: SyntaxNode): number | undefined {
  const status = nodesIn(init, 'properties').find((property) => nodeIn(property, 'key')?.['name'] === 'status');
  if (init.type !== 'ObjectExpression') return undefined;
  const value = status ? nodeIn(status, 'value')?.['value'] : 200;
  return typeof value === 'number' ? value : undefined;
}

function urlPath({ appDir = '' }: NextApp, file: string): string {
  const segments = file.slice(appDir.length + 1).split('/').slice(0, -1);
  return `/${segments.filter((segment) => !/^\(.*\)$/.test(segment)).join('/')}`;
}
