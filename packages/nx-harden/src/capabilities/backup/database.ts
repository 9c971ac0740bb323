import type { ReadTree } from '../../capability';
import type { NextApp } from '../../next-app';
import { envNamesOf } from '../ci/env-names';

/** Packages by which an app talks to PostgreSQL, or most likely does. */
const CLIENTS = /^(pg|pg-promise|postgres|slonik|@prisma\/client|drizzle-orm|typeorm|sequelize|knex|kysely|@mikro-orm\/postgresql|@neondatabase\/serverless|@vercel\/postgres|@payloadcms\/db-(vercel-)?postgres|@payloadcms\/.*|@supabase\/supabase-js)$/;
const URL_NAME = /(^|_)(POSTGRES|POSTGRESQL|DATABASE|PG|DB)(_.*)?_?(URL|URI)(_.*)?$|^DIRECT_URL$/;
/** Of other databases: what only talks to these has nothing that pg_dump could back up. */
const OTHERS = /^(@payloadcms\/db-(mongodb|sqlite)|mongodb|mongoose|mysql2?|better-sqlite3|@libsql\/client)$/;

/** Whether the app has a PostgreSQL database, as far as its packages and the names of its environment variables tell. */
export function usesPostgres(tree: ReadTree, app: NextApp): boolean {
  const packages = Object.keys(app.dependencies);
  const clients = packages.filter((name) => CLIENTS.test(name) && !OTHERS.test(name));
  if (clients.some((name) => !/^@payloadcms\/(?!db-)/.test(name) && name !== 'drizzle-orm' && name !== 'knex')) return true;
  if (packages.some((name) => OTHERS.test(name))) return false;
  return clients.length > 0 || envNamesOf(tree, app).some((name) => URL_NAME.test(name));
}
