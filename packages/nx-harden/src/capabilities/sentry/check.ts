import type { Finding, ReadTree } from '../../capability';
import { readProxy, unreached } from '../../edits/proxy';
import { parseScript, type SyntaxNode } from '../../edits/source';
import { inDir, type NextApp } from '../../next-app';
import { TUNNEL } from './contribution';
import { callsAny, hasKey } from './calls';
import { boundaries, hearsRequests, initFrom, isGlobal, isReported, startOf, wrapsByItself } from './own';
import { isCurrent, unsupported } from './sdk';

type Verdict = Pick<Finding, 'status' | 'message' | 'file'>;

/** The first Next that calls `onRequestError`. */
const REQUEST_ERRORS = 15;
/** What the plan and old guides have, and nothing loads. */
const DEAD = ['sentry.config.ts', 'sentry.config.js', 'sentry.client.config.ts', 'sentry.client.config.js'];

/** Looks whether errors of the server, of requests, of the browser and of what boundaries show get to Sentry, and what goes with them. */
export function checkSentry(tree: ReadTree, app: NextApp): Finding[] {
  const verdicts: Record<string, Verdict | undefined> = {
    ...(!app.isStaticExport && { server: checkServer(tree, app), ...(app.nextMajor >= REQUEST_ERRORS && { requests: checkRequests(tree, app) }) }),
    browser: checkBrowser(tree, app),
    ...(app.appDir && { boundaries: checkBoundaries(tree, app) }),
    build: checkBuild(tree, app),
    privacy: checkPrivacy(tree, app),
    tunnel: checkTunnel(tree, app),
    'dead-config': checkDeadConfig(tree, app),
  };
  return Object.entries(verdicts).flatMap(([name, verdict]) =>
    verdict
      ? [{ check: `sentry/${name}`, ...verdict, ...(verdict.status !== 'pass' && { fix: `nx g @chronos/nx-harden:sentry ${app.shortName}` }), docs: `sentry#${name}` }]
      : [],
  );
}

function checkServer(tree: ReadTree, app: NextApp): Verdict {
  const start = startOf(tree, app, 'server');
  const why = unsupported(tree, app);
  if (why) return { status: 'manual', message: `${why}: bring it up to date first`, file: app.manifest };
  const init = initFrom(tree, app, start);
  if (init) return { status: 'pass', message: 'Sentry starts with the server', file: start };
  return { status: 'fail', message: start ? 'instrumentation starts no Sentry: errors of the server are only in its log' : 'Errors of the server are only in its log, which nobody reads', file: start };
}

function checkRequests(tree: ReadTree, app: NextApp): Verdict {
  const file = startOf(tree, app, 'server');
  if (hearsRequests(tree, app, file)) return { status: 'pass', message: 'Errors of pages, routes and Server Functions are handed on', file };
  return { status: 'fail', message: 'No `onRequestError` that leads to Sentry: Next catches errors of pages, routes and Server Functions, and tells nobody', file };
}

function checkBrowser(tree: ReadTree, app: NextApp): Verdict {
  const start = startOf(tree, app, 'client');
  if (initFrom(tree, app, start)) return { status: 'pass', message: 'Sentry starts with the page', file: start };
  return { status: 'fail', message: 'Errors in the browser are seen by the person who has them, and nobody else', file: start };
}

function checkBoundaries(tree: ReadTree, app: NextApp): Verdict {
  const all = boundaries(tree, app);
  const silent = all.filter((file) => !isReported(tree, app, file));
  if (!all.some(isGlobal)) return { status: 'fail', message: 'No global-error: an error of the root layout shows a bare page, and is not reported' };
  if (silent.length === 0) return { status: 'pass', message: 'What an error boundary catches is reported', file: all[0] };
  return { status: 'fail', message: `Error boundaries catch errors and report none: ${silent.join(', ')}`, file: silent[0] };
}

/** Without it stacks are those of minified code, and no release says which. */
function checkBuild(tree: ReadTree, app: NextApp): Verdict {
  const ours = inDir(app.root, 'hardening/next-config.cjs');
  if (wrapsByItself(tree, app)) return { status: 'pass', message: 'The build is wrapped by withSentryConfig of your own', file: app.configFile };
  const config = app.configFile ? parseScript(app.configFile, tree.read(app.configFile, 'utf-8') ?? '') : undefined;
  const isOurs = /\bsentry: \{/.test(tree.exists(ours) ? (tree.read(ours, 'utf-8') ?? '') : '') && config !== undefined && callsAny(config, new Set(['withHardening', 'withHardening2']));
  if (isOurs) return { status: 'pass', message: 'The build names the release, and uploads source maps in CI without publishing them', file: ours };
  return { status: 'fail', message: 'The build is not wrapped by withSentryConfig: stacks are of minified code, and no release is named', file: app.configFile };
}

/** Since version 11 cookies, headers, bodies, addresses and query data go along unless somebody says otherwise. */
function checkPrivacy(tree: ReadTree, app: NextApp): Verdict | undefined {
  const inits = (['server', 'client'] as const).map((side) => initFrom(tree, app, startOf(tree, app, side))).filter((one) => one !== undefined);
  if (inits.length === 0) return undefined;
  const options = ['ts', 'js'].map((ending) => inDir(app.baseDir, `hardening/sentry.${ending}`)).find((file) => tree.exists(file));
  const shared = options ? parseScript(options, tree.read(options, 'utf-8') ?? '') : undefined;
  const isSaid = ({ program }: { program: SyntaxNode }): boolean => {
    const places = shared ? [program, shared] : [program];
    return isCurrent(tree, app) ? places.some((place) => hasKey(place, 'dataCollection')) : !places.some((place) => hasKey(place, 'sendDefaultPii', true));
  };
  const open = inits.find((one) => !isSaid(one));
  if (!open) return { status: 'pass', message: 'What is collected with an error is chosen, not left to the default', file: options ?? inits[0]?.file };
  return { status: 'warn', message: isCurrent(tree, app) ? 'Nothing says `dataCollection`, so cookies, headers, bodies, addresses and query data of people go to Sentry' : '`sendDefaultPii` sends cookies and addresses of people to Sentry', file: open.file };
}

/** Who runs on every address, such as a check for a session, would send events to the sign-in page. */
function checkTunnel(tree: ReadTree, app: NextApp): Verdict | undefined {
  const { proxyFile: file, appDir } = app;
  const ours = inDir(app.root, 'hardening/next-config.cjs');
  const page = appDir ? app.pageExtensions.map((ending) => inDir(appDir, `${TUNNEL.slice(1)}/page.${ending}`)).find((one) => tree.exists(one)) : undefined;
  if (page) return { status: 'warn', message: `A page of yours is at ${TUNNEL}, by which the browser reports errors: what it sends may get to the page, and be lost`, file: page };
  if (!file || !(tree.exists(ours) && (tree.read(ours, 'utf-8') ?? '').includes(`tunnelRoute: '${TUNNEL}'`))) return undefined;
  const reading = readProxy(tree, file);
  if (reading.matcher.kind === 'dynamic') return { status: 'warn', message: `Nobody can say whether ${file} leaves ${TUNNEL} alone, by which the browser reports errors: ${reading.matcher.why}`, file };
  const isReached = unreached(reading, [{ source: TUNNEL, samples: [TUNNEL] }]).length === 0;
  if (!isReached) return { status: 'pass', message: `The proxy leaves ${TUNNEL} alone, by which the browser reports errors`, file };
  return { status: 'warn', message: `The proxy runs on ${TUNNEL} as well, by which the browser reports errors: leave it out of the matcher, or let it through`, file };
}

function checkDeadConfig(tree: ReadTree, app: NextApp): Verdict | undefined {
  const start = startOf(tree, app, 'client');
  const dead = DEAD.map((name) => inDir(app.root, name)).find((file) => tree.exists(file) && file !== start);
  return dead ? { status: 'warn', message: `Nothing loads ${dead}: move what it says into instrumentation and instrumentation-client`, file: dead } : undefined;
}
