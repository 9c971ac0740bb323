import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, type Options } from 'prettier';
import { describe, expect, it } from 'vitest';
import { cases, FIXTURES, placeOf } from './__fixtures__/layout-places';
import { takeOutOf } from './layout-restore';
import { PAGE_SCRIPTS } from './layout-script';

describe('the components in layouts and in _app', () => {
  it('have shapes enough to cope with', () => {
    expect(cases('input').filter(({ name }) => !name.startsWith('app-')).length).toBeGreaterThanOrEqual(25);
    expect(cases('input').filter(({ name }) => name.startsWith('app-')).length).toBeGreaterThanOrEqual(12);
  });

  describe.each(cases('input'))('$name', (one) => {
    it('are put in as expected', () => {
      const place = placeOf(one, one.input);
      expect(place.put().results).toEqual([]);
      expect(place.text()).toBe(readFileSync(join(FIXTURES, `${one.name}.output.${one.extension}`), 'utf-8'));
    });

    it('are seen, are put in once, and are taken out byte for byte', () => {
      const place = placeOf(one, one.input);
      expect(PAGE_SCRIPTS.map((script) => place.read(script).kind)).toContain('lacking');
      const { added } = place.put();
      const made = place.text();
      expect(PAGE_SCRIPTS.map((script) => place.read(script).kind)).toEqual(['rendered', 'rendered']);
      expect(place.put(added)).toEqual({ results: [], added: {} });
      expect(place.text()).toBe(made);
      expect(takeOutOf(place.tree, place.file, added[place.file] ?? [])).toEqual({ result: { status: 'changed' }, left: [] });
      expect(place.text()).toBe(one.input);
      expect(takeOutOf(place.tree, place.file, added[place.file] ?? []).result).toEqual({ status: 'unchanged' });
    });

    it('are taken out one by one, byte for byte', () => {
      for (const scripts of [PAGE_SCRIPTS, [...PAGE_SCRIPTS].reverse()]) {
        const place = placeOf(one, one.input);
        const { added } = place.put();
        let recorded = added[place.file] ?? [];
        for (const script of scripts) recorded = takeOutOf(place.tree, place.file, recorded, [script]).left;
        expect(place.text()).toBe(one.input);
        expect(recorded).toEqual([]);
      }
    });

    it('are known again, and taken out, after a formatter has been over it', async () => {
      for (const options of [{ singleQuote: true }, { semi: false, trailingComma: 'none', printWidth: 60, useTabs: true }] satisfies Options[]) {
        const tidy = (text: string) => format(text, { ...options, filepath: `x.${one.extension}`, endOfLine: 'auto' });
        const place = placeOf(one, one.input);
        const { added } = place.put();
        place.tree.write(place.file, await tidy(place.text()));
        expect(place.put(added)).toEqual({ results: [], added: {} });
        expect(takeOutOf(place.tree, place.file, added[place.file] ?? [])).toEqual({ result: { status: 'changed' }, left: [] });
        expect(await tidy(place.text())).toBe(await tidy(one.input));
      }
    });

    it('are taken out around what the team has changed in between', () => {
      const edit = (text: string) => `${text.replaceAll('en"', 'fr"').replaceAll('Inter', 'Roboto')}\n// The team writes here.\n`;
      const place = placeOf(one, one.input);
      const { added } = place.put();
      place.tree.write(place.file, edit(place.text()));
      expect(takeOutOf(place.tree, place.file, added[place.file] ?? []).result).toEqual({ status: 'changed' });
      expect(place.text()).toBe(edit(one.input));
    });
  });

  it.each(cases('manual'))('leave $name to a person, and the file alone', (one) => {
    const place = placeOf(one, one.input);
    const { results, added } = place.put();
    expect(added).toEqual({});
    expect(results).toMatchObject([{ status: 'manual', step: { file: place.file, why: expect.stringMatching(/:$/) } }]);
    expect(place.text()).toBe(one.input);
    const lines = results.map((result) => (result.status === 'manual' ? result.step.lines : '')).join();
    for (const { name, path } of PAGE_SCRIPTS) expect(lines).toMatch(new RegExp(`import { ${name} } from '${path}';?\n[^]*<${name} />`));
  });
});
