/** A pooler in front of a database, and how its direct address is found. */
export interface Pooler {
  name: string;
  direct: string;
}

/** The pooler that an address leads to by its looks; undefined when it looks direct. */
export function poolerOf({ host, port }: { host: string; port: number }): Pooler | undefined {
  if (/-pooler\.[^.]+.*\.neon\.tech$/i.test(host)) return { name: "Neon's pooler", direct: `${host.replace('-pooler', '')}, port 5432` };
  // Supabase's pooler has a session mode on 5432, through which a dump works.
  if (/\.pooler\.supabase\.com$/i.test(host)) {
    return port !== 6543 ? undefined : { name: "Supabase's pooler in transaction mode", direct: `${host}, port 5432, which is its session mode` };
  }
  if (/^db\..*\.supabase\.co$/i.test(host) && port === 6543) return { name: "Supabase's pooler", direct: `${host}, port 5432` };
  if (/\.pooler\..*prisma/i.test(host) || /^pooled\.db\.prisma\.io$/i.test(host)) return { name: "Prisma's pooler", direct: 'db.prisma.io, port 5432' };
  if (/(^|[.-])(pgbouncer|pgcat|pooler|pooled)([.-]|$)/i.test(host)) return { name: 'a pooler', direct: 'the address of the PostgreSQL server itself, mostly port 5432' };
  // The customary ports of PgBouncer and of managed ones in front of it.
  if (port === 6432 || port === 25061) return { name: `a pooler (port ${port} is customary for one)`, direct: `the address of the PostgreSQL server itself, mostly ${host} on port ${port === 25061 ? 25060 : 5432}` };
  return undefined;
}
