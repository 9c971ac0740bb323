import type { Client } from 'pg';

/**
 * Makes the roles of a backup that the server does not have, with what they are members of. Roles that are there keep
 * their password and their rights. Returns the names of those that were made. Throws what a statement failed with.
 */
export async function restoreRoles(outside: Client, globals: string): Promise<string[]> {
  const { rows } = await outside.query<{ name: string }>('SELECT pg_catalog.quote_ident(rolname) AS name FROM pg_catalog.pg_roles');
  const present = new Set(rows.map(({ name }) => name));
  const made: string[] = [];
  for (const statement of statementsOf(globals)) {
    const [, , role] = /^(CREATE ROLE|ALTER ROLE|COMMENT ON ROLE) ("(?:[^"]|"")+"|[^\s;]+)/.exec(statement) ?? [];
    const [, , member] = /^GRANT ("(?:[^"]|"")+"|\S+) TO ("(?:[^"]|"")+"|[^\s;]+)/.exec(statement) ?? [];
    // A tablespace is a folder of the old server's.
    const isOurs = role !== undefined ? !present.has(role) : member !== undefined && !present.has(member);
    if (!isOurs) continue;
    // Who granted it may be a role that this server lets nobody speak for.
    await outside.query(statement.replace(/ GRANTED BY [^;]+;$/, ';'));
    if (statement.startsWith('CREATE ROLE') && role !== undefined) made.push(role);
  }
  return made;
}

/** The statements of what `pg_dumpall --globals-only` writes; a quoted text in one may go over lines. */
function statementsOf(sql: string): string[] {
  const statements: string[] = [];
  let open = '';
  for (const line of sql.split('\n')) {
    if (open === '' && (line.trim() === '' || line.startsWith('--') || line.startsWith('\\'))) continue;
    open += (open === '' ? '' : '\n') + line;
    if (!open.endsWith(';') || (open.match(/'/g)?.length ?? 0) % 2 === 1) continue;
    statements.push(open);
    open = '';
  }
  return statements;
}
