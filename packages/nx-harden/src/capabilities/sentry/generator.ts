import { join, posix } from 'node:path';
import type { HardeningRun } from '../../hardening-run';
import { inDir } from '../../next-app';
import { nxGenerator } from '../../nx-generator';
import { renderTemplate } from '../../template';
import { boundaries, hearsRequests, initFrom, isGlobal, isReported, startOf } from './own';
import type { SentryOptions } from './schema';
import { clientFile, conventional, isCurrent, unsupported } from './sdk';
import { addSeam } from './seams';

const FILES = join(__dirname, 'files');
/** With OpenTelemetry of its own the app keeps its tracing; errors are Sentry's all the same. */
const OPEN_TELEMETRY = /^(@vercel\/otel|@opentelemetry\/sdk-(node|trace-node|trace-base))$/;

/** The options, what starts Sentry in the server, the edge and the browser, and who reports what a boundary shows. */
export async function generate(run: HardeningRun<SentryOptions>): Promise<void> {
  const { tree, app } = run;
  const why = unsupported(tree, app);
  if (why) return run.manual({ file: app.manifest, why: `${why}, so nothing was put in. Bring it up to date, then run again:`, lines: `nx g @chronos/nx-harden:sentry ${app.shortName}` });
  putOptions(run);
  if (!app.isStaticExport) putServer(run);
  putClient(run);
  putBoundaries(run);
  putExample(run);
}

function render(run: HardeningRun<SentryOptions>, template: string, values: Record<string, unknown> = {}): string {
  return renderTemplate(join(FILES, `${template}.template`), { typed: run.app.language === 'ts', ...values });
}

/** Beside app/: a tsconfig whose rootDir is src takes nothing from outside it. */
function inHardening({ app }: HardeningRun<SentryOptions>, name: string): string {
  return inDir(app.baseDir, `hardening/${name}.${app.language}`);
}

function putOptions(run: HardeningRun<SentryOptions>): void {
  const { tree, app, options } = run;
  run.ownFile(inHardening(run, 'sentry-query'), render(run, 'sentry-query.ts'));
  run.ownFile(inHardening(run, 'sentry'), render(run, 'sentry.ts', { tracesSampleRate: options.tracesSampleRate ?? 0.1, hasDataCollection: isCurrent(tree, app), logs: options.logs ?? false }));
}

function putServer(run: HardeningRun<SentryOptions>): void {
  const { tree, app, record } = run;
  const own = startOf(tree, app, 'server');
  const theirs = own !== undefined && !run.isOurs(own) ? own : undefined;
  const startsByItself = isStartedByTeam(run, theirs);
  if (startsByItself && hearsRequests(tree, app, theirs) && !hasSeam(run, theirs)) return;
  run.ownFile(inHardening(run, 'sentry-start'), render(run, 'sentry-start.ts', { starts: !startsByItself }));
  if (!startsByItself) {
    const extra = serverOptions(run);
    for (const name of ['server', 'edge']) run.ownFile(inDir(app.baseDir, `sentry.${name}.config.${app.language}`), render(run, 'sentry-server.ts', { where: name === 'server' ? name : 'edge runtime', extra }));
  }
  if (theirs) run.edit(addSeam(tree, app, record, theirs, startsByItself ? 'requests' : 'server'));
  else run.ownFile(conventional(app, inDir(app.baseDir, 'instrumentation'), 'script'), render(run, 'instrumentation.ts'));
}

/** Lines of `Sentry.init` in the servers. */
function serverOptions({ tree, app, options }: HardeningRun<SentryOptions>): string[] {
  const hasOpenTelemetry = Object.keys(app.dependencies).some((name) => OPEN_TELEMETRY.test(name));
  const integrations = [
    ...(options.logs ? ["Sentry.consoleLoggingIntegration({ levels: ['warn', 'error'] })"] : []),
    // Before `dataCollection`.
    ...(isCurrent(tree, app) ? [] : ['Sentry.requestDataIntegration({ include: { cookies: false, data: false, ip: false, query_string: false } })']),
  ];
  return [...(integrations.length > 0 ? [`integrations: [${integrations.join(', ')}],`] : []), ...(hasOpenTelemetry && isCurrent(tree, app) ? ['enableOpenTelemetrySetup: false,'] : [])];
}

/** Whether the team's own script starts Sentry; one with a seam of ours starts it by that. */
function isStartedByTeam(run: HardeningRun<SentryOptions>, file: string | undefined): boolean {
  const { tree, app } = run;
  const init = initFrom(tree, app, file);
  return init !== undefined && !run.isOurs(init.file);
}

function hasSeam({ record }: HardeningRun<SentryOptions>, file: string | undefined): boolean {
  return file !== undefined && file in (record.added ?? {});
}

function putClient(run: HardeningRun<SentryOptions>): void {
  const { tree, app, options, record } = run;
  const own = startOf(tree, app, 'client');
  const theirs = own !== undefined && !run.isOurs(own) ? own : undefined;
  if (isStartedByTeam(run, theirs)) return;
  const { replay = false, profiling = false, logs = false } = options;
  const integrations = [
    ...(replay ? ['Sentry.replayIntegration({ maskAllText: true, maskAllInputs: true, blockAllMedia: true, beforeAddRecordingEvent: (event) => withoutQuery(event) })'] : []),
    ...(profiling ? ['Sentry.browserProfilingIntegration()'] : []),
    ...(logs ? ["Sentry.consoleLoggingIntegration({ levels: ['warn', 'error'] })"] : []),
  ];
  run.ownFile(inHardening(run, 'sentry-client'), render(run, 'sentry-client.ts', { integrations, replay, profiling }));
  if (theirs) run.edit(addSeam(tree, app, record, theirs, 'client'));
  else run.ownFile(clientFile(app), render(run, 'instrumentation-client.ts', { module: moduleFrom(clientFile(app), inHardening(run, 'sentry-client')) }));
}

function putBoundaries(run: HardeningRun<SentryOptions>): void {
  const { tree, app, record } = run;
  if (!app.appDir) return;
  const hook = inHardening(run, 'sentry-error');
  run.ownFile(hook, render(run, 'sentry-error.ts'));
  const all = boundaries(tree, app);
  for (const file of all.filter((one) => !run.isOurs(one))) {
    if (hasSeam(run, file) || !isReported(tree, app, file)) run.edit(addSeam(tree, app, record, file, 'boundary'));
  }
  if (all.some((file) => isGlobal(file) && !run.isOurs(file))) return;
  const place = conventional(app, inDir(app.appDir, 'global-error'), 'component');
  run.ownFile(place, render(run, 'global-error.tsx', { hook: moduleFrom(place, hook) }));
}

function putExample(run: HardeningRun<SentryOptions>): void {
  const { app, options } = run;
  if (!options.example || app.isStaticExport) return;
  const [dir, name, template] = app.appDir ? [app.appDir, 'api/sentry-example/route', 'example-route.ts'] : [app.pagesDir ?? inDir(app.baseDir, 'pages'), 'api/sentry-example', 'example-api.ts'];
  run.ownFile(conventional(app, inDir(dir, name), 'script'), render(run, template));
}

function moduleFrom(file: string, target: string): string {
  const relative = posix.relative(posix.dirname(file), target.replace(/\.[jt]s$/, ''));
  return relative.startsWith('.') ? relative : `./${relative}`;
}

export default nxGenerator('sentry');
