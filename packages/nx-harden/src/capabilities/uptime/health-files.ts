import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { ReadTree } from '../../capability';
import { inDir, type NextApp } from '../../next-app';
import { renderTemplate } from '../../template';
import { usesPostgres } from '../backup/database';
import { envNamesOf } from '../ci/env-names';

const FILES = join(__dirname, 'files');
/** The first major in which `connection()` says what `dynamic` said; with Cache Components, `dynamic` is an error. */
const FIRST_WITH_CONNECTION = 15;
const KNOWN = ['DATABASE_URL', 'DATABASE_URI', 'POSTGRES_URL'];
/** Of a pooler's direct way in, and of tools: not what the app itself asks. */
const URL_NAME = /^(?!.*(DIRECT|SHADOW|UNPOOLED|NON_POOLING|TEST|PRISMA))(\w+_)?(POSTGRES|POSTGRESQL|DATABASE|PG|DB)_(URL|URI)$/;

/** A file of the health check, by its path in the workspace. */
export interface HealthFile {
  path: string;
  content: string;
  /** Where it answers, for a route. */
  address?: string;
}

/** The address at which ours answers. */
export const HEALTH_PATH = '/api/health';

/** Routes that say whether the app is ready and live, and what they ask. */
export function healthFiles(tree: ReadTree, app: NextApp): HealthFile[] {
  const typed = app.language === 'ts';
  const database = usesPostgres(tree, app);
  const beside = (file: string): string => inDir(app.baseDir, `hardening/${file}.${app.language}`);
  // Made from the TypeScript by `pnpm sync`, for apps without it.
  const part = (file: string): string => readFileSync(join(FILES, typed ? 'health' : 'health-js', `${file}.${app.language}`), 'utf-8');
  return [
    { path: beside('health'), content: renderTemplate(join(FILES, 'health.ts.template'), { database, variables: variablesOf(tree, app) }) },
    ...(database ? ['postgres', 'readiness'] : ['readiness']).map((file) => ({ path: beside(`health/${file}`), content: part(file) })),
    ...routes(app, typed),
  ];
}

function routes(app: NextApp, typed: boolean): HealthFile[] {
  const kind = app.appDir === undefined ? 'page' : 'route';
  const extension = app.pageExtensions.find((one) => new RegExp(`(^|\\.)${app.language}$`).test(one)) ?? app.pageExtensions[0] ?? app.language;
  const dir = app.appDir ?? app.pagesDir ?? inDir(app.baseDir, 'app');
  const route = (template: string, file: string, address: string): HealthFile => {
    const path = inDir(dir, `${file}.${extension}`);
    const health = posix.relative(posix.dirname(path), inDir(app.baseDir, 'hardening/health'));
    return { path, address, content: renderTemplate(join(FILES, `${template}-${kind}.ts.template`), { typed, health, hasConnection: app.nextMajor >= FIRST_WITH_CONNECTION }) };
  };
  return [
    route('ready', kind === 'page' ? 'api/health/index' : 'api/health/route', HEALTH_PATH),
    route('live', kind === 'page' ? 'api/health/live' : 'api/health/live/route', `${HEALTH_PATH}/live`),
  ];
}

/** Those that the app itself reads before those that most read. */
function variablesOf(tree: ReadTree, app: NextApp): string[] {
  const own = envNamesOf(tree, app).filter((name) => URL_NAME.test(name) && !KNOWN.includes(name));
  return [...own, ...KNOWN];
}
