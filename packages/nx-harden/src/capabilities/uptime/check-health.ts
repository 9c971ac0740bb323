import type { ReadTree } from '../../capability';
import { configLiteral } from '../../config-literals';
import { constantIn, nodeIn, nodesIn, parseScript, walk, type SyntaxNode } from '../../edits/source';
import type { NextApp } from '../../next-app';
import { scriptsFrom } from '../../script-imports';
import { usesPostgres } from '../backup/database';
import type { Verdict } from './check';
import { healthRoutes, type HealthRoute } from './health-routes';

/** In 15 a handler for GET is run for each request unless it says otherwise; before, it was run once, at build time, unless it looked at the request. */
const FIRST_NOT_CACHED = 15;
/** What has Next run a handler for each request. */
const DYNAMIC_CALLS = /^(connection|headers|cookies|draftMode|unstable_noStore|noStore)$/;

/** Whether the app says how it is, and says it anew each time. */
export function checkHealth(tree: ReadTree, app: NextApp): Verdict {
  if (app.isStaticExport) return { status: 'pass', message: "output: 'export' makes plain files: there is no server whose health could be asked for", file: app.configFile };
  const [route] = healthRoutes(tree, app);
  if (!route) return { status: 'fail', message: 'Nothing tells a monitor whether the app can serve: its pages may come from a cache while the database is gone' };
  const { file } = route;
  const text = tree.read(file, 'utf-8') ?? '';
  const program = parseScript(file, text);
  if (!program) return { status: 'warn', message: 'The health check cannot be read', file };
  if (constant(file, text, 'runtime') === 'edge' && usesPostgres(tree, app)) return { status: 'warn', message: 'The health check runs in the edge runtime, from where PostgreSQL cannot be asked', file };
  const cached = cachedBy(tree, app, route, program, (name) => constant(file, text, name));
  if (cached) return { status: 'fail', message: `The health check is answered from a cache, whatever the app is like: ${cached}`, file };
  const saysNoStore = scriptsFrom(tree, app, file, 2).some((script) => /no-store/i.test(script.text));
  if (!saysNoStore) return { status: 'warn', message: 'The health check does not say Cache-Control: no-store, so a cache in between may answer for it', file };
  return { status: 'pass', message: `${route.path} says whether the app can serve, anew each time`, file };
}

function constant(file: string, text: string, name: string): unknown {
  return text.includes(name) ? constantIn(file, text, name) : undefined;
}

/** Why Next would answer from what it made at build time, or keeps. */
function cachedBy(tree: ReadTree, app: NextApp, { router }: HealthRoute, program: SyntaxNode, constantOf: (name: string) => unknown): string | undefined {
  if (router === 'pages') return undefined;
  const dynamic = constantOf('dynamic');
  if (dynamic === 'force-static' || dynamic === 'error') return `dynamic is '${dynamic}'`;
  const revalidate = constantOf('revalidate');
  if (typeof revalidate === 'number' && revalidate > 0 && dynamic !== 'force-dynamic') return `revalidate is ${revalidate}`;
  if (dynamic === 'force-dynamic' || revalidate === 0 || looksAtRequest(program)) return undefined;
  if (configLiteral(tree, app.configFile, 'cacheComponents') === true) return waits(program) ? undefined : 'with Cache Components, what waits for nothing is made at build time. Write: await connection()';
  if (app.nextMajor >= FIRST_NOT_CACHED) return undefined;
  return "Next runs it once, at build time. Write: export const dynamic = 'force-dynamic'";
}

function waits(program: SyntaxNode): boolean {
  let found = false;
  walk(program, (node) => {
    if (node.type === 'AwaitExpression') found = true;
  });
  return found;
}

function looksAtRequest(program: SyntaxNode): boolean {
  let looks = false;
  walk(program, (node) => {
    const isGet = nodeIn(node, 'id')?.['name'] === 'GET';
    const get = isGet ? (nodeIn(node, 'init') ?? node) : undefined;
    if (get && nodesIn(get, 'params').length > 0) looks = true;
    if (node.type === 'CallExpression' && DYNAMIC_CALLS.test(String(nodeIn(node, 'callee')?.['name'] ?? ''))) looks = true;
  });
  return looks;
}
