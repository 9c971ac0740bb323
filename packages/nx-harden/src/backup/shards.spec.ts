import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planShards } from './shards';

const table = fc.record({ schema: fc.constantFrom('public', 'a"b', 'ä.*'), name: fc.string({ minLength: 1, maxLength: 6 }), bytes: fc.nat(1e9) });
const tables = fc.uniqueArray(table, { selector: ({ schema, name }) => JSON.stringify([schema, name]), maxLength: 300 });

describe('the parts of a database', () => {
  it('are one whole for one job', () => {
    expect(planShards([{ schema: 'public', name: 'a', bytes: 1 }], 1)).toMatchObject([{ name: 'dump', role: 'dump', args: [] }]);
  });

  it('hold each table once, whatever there is', () => {
    fc.assert(
      fc.property(tables, fc.integer({ min: 2, max: 8 }), fc.nat(1e9), (all, jobs, rest) => {
        const shards = planShards(all, jobs, rest);
        expect(shards.filter(({ role }) => role === 'schema')).toHaveLength(1);
        expect(shards.length).toBeLessThanOrEqual(jobs + 1);
        for (const one of all) expect(shards.filter((shard) => shard.holds(one))).toHaveLength(1);
        expect(new Set(shards.map(({ name }) => name)).size).toBe(shards.length);
      }),
    );
  });

  it('leave out of the rest exactly what another one names', () => {
    fc.assert(
      fc.property(tables, fc.integer({ min: 2, max: 8 }), (all, jobs) => {
        const args = planShards(all, jobs).flatMap((shard) => shard.args);
        const patterns = (option: string) => args.filter((arg) => arg.startsWith(option)).map((arg) => arg.slice(option.length)).sort();
        expect(patterns('--exclude-table-data=')).toEqual(patterns('--table='));
      }),
    );
  });

  it('are about equal where the tables allow it', () => {
    const all = [50, 40, 30, 20, 10].map((bytes, index) => ({ schema: 'public', name: `t${index}`, bytes }));
    expect(planShards(all, 2, 10).filter(({ role }) => role === 'data').map(({ bytes }) => bytes)).toEqual([80, 80]);
  });

  it('quote a name so that nothing in it is a wildcard', () => {
    const [, , second] = planShards([{ schema: 'p', name: 'a', bytes: 1 }, { schema: 'a"b', name: 'c*d', bytes: 9 }], 2, 5);
    expect(second?.args).toContain('--table="a""b"."c*d"');
  });
});
