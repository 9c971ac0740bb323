import { randomBytes } from 'node:crypto';

/** Lines of pg_dump's own that are left out: what restricts psql, which is done by us, and a setting of 17 and later. */
const RESTRICTS = /^\\(un)?restrict [^\n]*\n/gm;
const NEWER_SETTING = /^SET transaction_timeout = 0;\n/gm;
const LONGEST = 200;
const MAY_BE_ONE = /^(\\|S|$)/;

/**
 * What `psql` reads of a plain dump. It begins with `\restrict`, under which psql runs nothing but SQL: whoever can write
 * to the store could else have a shell on the machine that restores. With `isAhead` the setting goes that a server before
 * 17 does not know. None of these lines can be a row: there a backslash at the start is doubled.
 */
export async function* forPsql(dump: AsyncIterable<Uint8Array>, isAhead: boolean): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`\\restrict ${randomBytes(16).toString('hex')}\n`);
  let held = '';
  let isInLine = false;
  for await (const chunk of dump) {
    // Bytes as they are: latin1 gives each of them back.
    let text = held + Buffer.from(chunk).toString('latin1');
    let done = '';
    if (isInLine) {
      const end = text.indexOf('\n') + 1;
      done = end > 0 ? text.slice(0, end) : text;
      text = text.slice(done.length);
      if (end > 0) isInLine = false;
    }
    const lastLine = text.slice(text.lastIndexOf('\n') + 1);
    held = !isInLine && lastLine.length < LONGEST && MAY_BE_ONE.test(lastLine) ? lastLine : '';
    const lines = text.slice(0, text.length - held.length);
    isInLine ||= lines !== '' && !lines.endsWith('\n');
    const kept = lines.replace(RESTRICTS, '');
    yield Buffer.from(done + (isAhead ? kept.replace(NEWER_SETTING, '') : kept), 'latin1');
  }
  if (held !== '') yield Buffer.from(held, 'latin1');
}
