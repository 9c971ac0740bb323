import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forPsql } from './plain-dump';

async function filtered(text: string, cuts: readonly number[], isAhead: boolean): Promise<string> {
  const bytes = Buffer.from(text);
  async function* pieces() {
    const at = [0, ...[...cuts].sort((a, b) => a - b).map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
    for (let index = 1; index < at.length; index++) yield bytes.subarray(at[index - 1], at[index]);
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of forPsql(pieces(), isAhead)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const line = fc.constantFrom('\\restrict abc', '\\unrestrict abc', 'SET transaction_timeout = 0;', 'SET lock_timeout = 0;', "SELECT 'ä';", '', '1\t\\\\restrict x', '\\\\restrict data', '\\N\t2', '\\.', 'x SET transaction_timeout = 0;', 'a'.repeat(300));

describe('a plain dump for psql', () => {
  it('loses these lines and no other byte, wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.array(fc.nat(2000), { maxLength: 8 }), fc.boolean(), async (lines, cuts, isAhead) => {
        const text = lines.map((one) => `${one}\n`).join('');
        const expected = lines.filter((one) => !/^\\(un)?restrict abc$/.test(one) && !(isAhead && one === 'SET transaction_timeout = 0;'));
        const [first, ...rest] = (await filtered(text, cuts, isAhead)).split('\n');
        expect(first).toMatch(/^\\restrict [0-9a-f]{32}$/);
        expect(rest.join('\n')).toBe(expected.map((one) => `${one}\n`).join(''));
      }),
    );
  });

  it('is whole without a line end at its end', async () => {
    expect((await filtered('SELECT 1', [2], false)).split('\n').slice(1)).toEqual(['SELECT 1']);
    expect((await filtered('\\', [], false)).split('\n').slice(1)).toEqual(['\\']);
  });
});
