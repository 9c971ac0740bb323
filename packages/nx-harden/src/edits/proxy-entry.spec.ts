import { array, assert, asyncProperty, boolean, constantFrom, integer, property, record, stringMatching } from 'fast-check';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { printEntry } from './proxy-entry';

describe('an entry that is written into a matcher', () => {
  it('is laid out as Prettier has it, however long it is', async () => {
    const text = integer({ min: 0, max: 60 }).map((length) => `/${'a'.repeat(length)}`);
    const has = array(record({ type: constantFrom('header', 'cookie'), key: text, value: text }, { requiredKeys: ['type', 'key'] }), { minLength: 1, maxLength: 2 });
    await assert(
      asyncProperty(array(record({ source: text, has, missing: has }, { requiredKeys: ['source', 'has'] }), { minLength: 2, maxLength: 3 }), boolean(), boolean(), async (entries, useTabs, hasComma) => {
        const printed = printEntry(entries, { quote: "'", eol: '\n', step: useTabs ? '\t' : '  ', lastComma: hasComma ? ',' : '' }, '');
        // Prettier keeps an object on lines of its own that is on some.
        const wanted = await format(`const x = ${JSON.stringify(entries)}`, { parser: 'babel', singleQuote: true, semi: false, useTabs, printWidth: 100, trailingComma: hasComma ? 'all' : 'none', objectWrap: 'collapse' });
        expect(`const x = ${printed}\n`).toBe(wanted);
      }),
      { numRuns: 300 },
    );
  });

  it('reads as what it says', () => {
    // A matcher has no line ends in it.
    const text = stringMatching(/^[ -~ü]*$/);
    assert(
      property(text, array(text, { minLength: 1 }), constantFrom("'" as const, '"' as const), (source, values, quote) => {
        const entry = { source, has: values.map((value) => ({ type: 'header', value })) };
        expect(new Function(`return ${printEntry(entry, { quote, eol: '\r\n', step: '  ', lastComma: ',' }, '')}`)()).toEqual(entry);
      }),
    );
  });
});
