import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addBackup, MemoryStore, type BackupFixture } from '../../testing/memory-store';
import { listBackups } from '../catalog';
import { StoreError } from '../store/object-store';
import { openStore } from '../store/open-store';
import { applyPrune, planPrune, PruneError, sweepUnfinished, type PrunePlan } from './prune';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const now = new Date('2026-11-24T12:00:00Z');
const ago = (days: number): Date => new Date(now.getTime() - days * DAY);
const days30 = { keepDays: 30, minimum: 3 };

function storeAt(clock = now): MemoryStore {
  const store = new MemoryStore();
  store.clock = clock;
  return store;
}

/** A store with backups of so many days ago; their names in the same order. */
function storeWith(days: readonly number[], fixture: BackupFixture = {}): { store: MemoryStore; ids: string[] } {
  const store = storeAt();
  return { store, ids: days.map((day) => addBackup(store, 'shop', ago(day), fixture)) };
}

const idsOf = (items: readonly { id: string }[]): string[] => items.map(({ id }) => id);
const keysUnder = (store: MemoryStore, id: string): string[] => [...store.objects.keys()].filter((key) => key.includes(id));
const deletionsOf = (store: MemoryStore): string[] => store.log.filter((step) => step.startsWith('delete '));

/** Nothing that is listed lacks anything. */
async function expectWhole(store: MemoryStore): Promise<void> {
  for (const { id, manifest } of await listBackups(store, 'shop')) {
    for (const { name, size } of manifest?.objects ?? []) expect(store.objects.get(`shop/${id}/${name}`)?.body.byteLength, `${id}/${name}`).toBe(size);
  }
}

describe('planning', () => {
  it('says what is kept and removed, with bytes of all that is stored', async () => {
    const { store, ids } = storeWith([1, 2, 31, 40]);
    store.add(`shop/${ids[3]}/drill-20261101T000000Z.json`, 'x'.repeat(1_000));
    const before = new Map(store.objects);
    const plan = await planPrune(store, 'shop', days30, now);
    expect(plan.remove).toEqual([{ id: ids[3], reason: 'older than 30 days', bytes: 1_005 + (store.objects.get(`shop/${ids[3]}/manifest.json`)?.body.byteLength ?? 0) }]);
    expect(plan.keep.map(({ reasons }) => reasons)).toEqual([['newest verified', 'one of the 3 newest', 'younger than 30 days'], ['one of the 3 newest', 'younger than 30 days'], ['one of the 3 newest']]);
    expect(plan.keptBytes + plan.removedBytes).toBe([...store.objects.values()].reduce((sum, { body }) => sum + body.byteLength, 0));
    expect(plan.relyingOn).toEqual(ids.slice(0, 3));
    expect(store.objects).toEqual(before);
  });

  it('neither removes nor counts what is damaged, and says what is wrong with it', async () => {
    const { store, ids } = storeWith([1, 2, 35, 40, 41, 42, 43], { objects: { 'schema.dump.zst': 'schema', 'data-1.dump.zst': 'data' } });
    store.objects.delete(`shop/${ids[0]}/data-1.dump.zst`);
    store.add(`shop/${ids[1]}/data-1.dump.zst`, 'dat');
    store.add(`shop/${ids[5]}/manifest.json`, '{');
    const plan = await planPrune(store, 'shop', days30, now);
    expect(plan.damaged.map(({ id, why }) => [id, why.split(': it is')[0]])).toEqual([
      [ids[0], 'data-1.dump.zst is missing.'],
      [ids[1], 'data-1.dump.zst has 3 bytes; its manifest says 4.'],
      [ids[5], `s3://memory/shop/${ids[5]}/manifest.json is damaged`],
    ]);
    expect(plan.relyingOn).toEqual([ids[2], ids[3], ids[4]]);
    expect(idsOf(plan.remove)).toEqual([ids[6]]);
  });

  it('takes one that becomes whole while it looks for one of the next time', async () => {
    const { store, ids } = storeWith([1, 2, 3, 40]);
    let added = '';
    store.before = (step) => {
      if (step === 'list shop/' && !added) added = addBackup(store, 'shop', now);
    };
    const plan = await planPrune(store, 'shop', days30, now);
    expect(added).not.toBe('');
    expect(plan.damaged).toEqual([]);
    expect(idsOf(plan.remove)).toEqual([ids[3]]);
    expect(idsOf(plan.keep)).not.toContain(added);
  });

  it.each([
    ['store', 2, undefined],
    ['store', -1.01, undefined],
    ['database server', 0, 3],
    ['database server', 0, Number.NaN],
  ])('refuses when the clock of the %s is off (%s h, %s h)', async (whose, storeHours, serverHours) => {
    const { store } = storeWith([1, 2, 3, 40]);
    store.clock = new Date(now.getTime() + storeHours * HOUR);
    const serverNow = serverHours === undefined ? undefined : new Date(now.getTime() + serverHours * HOUR);
    const planned = planPrune(store, 'shop', days30, now, { serverNow });
    await expect(planned).rejects.toThrow(PruneError);
    await expect(planned).rejects.toThrow(whose === 'store' ? /of s3:\/\/memory .* differ by more than an hour.*Set the clock/ : /of the database server/);
  });

  it('bears clocks that are an hour apart', async () => {
    const { store, ids } = storeWith([1, 2, 3, 40]);
    store.clock = new Date(now.getTime() + HOUR);
    expect(idsOf((await planPrune(store, 'shop', days30, now, { serverNow: new Date(now.getTime() - HOUR) })).remove)).toEqual([ids[3]]);
  });
});

describe('removing', () => {
  it('takes the manifest first, then all that is in the folder, the oldest backup first', async () => {
    const { store, ids } = storeWith([1, 2, 3, 40, 41], { objects: { 'schema.dump.zst': 's', 'data-1.dump.zst': 'd' } });
    store.add(`shop/${ids[3]}/drill-20261101T000000Z.json`, '{}');
    store.add(`shop/${ids[3]}/copy/of/it`, 'x');
    store.add('shop/notes.txt', 'not ours');
    store.add(`shop2/${ids[3]}/manifest.json`, 'of another database');
    const removals = await applyPrune(store, await planPrune(store, 'shop', days30, now));
    expect(removals).toEqual([ids[4], ids[3]].map((id) => ({ id, outcome: 'removed', kept: [] })));
    expect(deletionsOf(store).slice(3)).toEqual(['manifest.json', 'schema.dump.zst', 'data-1.dump.zst', 'copy/of/it', 'drill-20261101T000000Z.json'].map((name) => `delete shop/${ids[3]}/${name}`));
    expect([...store.objects.keys()].filter((key) => !ids.slice(0, 3).some((id) => key.includes(id)))).toEqual(['shop/notes.txt', `shop2/${ids[3]}/manifest.json`]);
  });

  it('removes the same in a folder', async () => {
    const root = mkdtempSync(join(tmpdir(), 'nx-harden-prune-'));
    try {
      const store = await openStore('file:backups', { workspaceRoot: root });
      // A folder has the clock of this machine.
      const today = new Date();
      const memory = new MemoryStore();
      const ids = [1, 2, 3, 40].map((day) => addBackup(memory, 'shop', new Date(today.getTime() - day * DAY)));
      for (const [key, { body }] of memory.objects) await store.putIfAbsent(key, body);
      expect(await applyPrune(store, await planPrune(store, 'shop', days30, today))).toEqual([{ id: ids[3], outcome: 'removed', kept: [] }]);
      expect(idsOf(await listBackups(store, 'shop'))).toEqual(ids.slice(0, 3));
      const folders: string[] = [];
      for await (const folder of store.folders('shop/')) folders.push(folder);
      expect(folders.sort()).toEqual(ids.slice(0, 3).sort());
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });

  it('lets no manifest reach what is outside its folder', async () => {
    const { store, ids } = storeWith([1, 2, 3]);
    const target = `../${ids[0]}/dump.dump.zst`;
    const hostile = addBackup(store, 'shop', ago(40), { objects: { [target]: 'bytes', 'dump.dump.zst': 'x' } });
    const plan = await planPrune(store, 'shop', { keepDays: 30, minimum: 1 }, now);
    // The listing shows the key as it is; a store may resolve it.
    await applyPrune(store, plan);
    expect(store.log).not.toContain(`delete shop/${ids[0]}/dump.dump.zst`);
    // It is no manifest of ours, so it is left for people to look at.
    expect(plan.damaged.map(({ id }) => id)).toEqual([hostile]);
    expect(deletionsOf(store)).toEqual([]);
    await expectWhole(store);
  });

  it('leaves a locked one whole, and goes on', async () => {
    const { store, ids } = storeWith([1, 2, 3, 40, 41]);
    store.locks.set(`shop/${ids[4]}/manifest.json`, 'it is locked until 2027');
    const removals = await applyPrune(store, await planPrune(store, 'shop', days30, now));
    expect(removals).toEqual([
      { id: ids[4], outcome: 'locked', kept: [{ key: `shop/${ids[4]}/manifest.json`, kept: 'it is locked until 2027' }] },
      { id: ids[3], outcome: 'removed', kept: [] },
    ]);
    expect(keysUnder(store, ids[4] as string)).toHaveLength(2);
    expect(idsOf(await listBackups(store, 'shop'))).toContain(ids[4]);
  });

  it('puts the manifest back when all its objects are held', async () => {
    const { store, ids } = storeWith([1, 2, 3, 40]);
    const before = new Map([...store.objects].map(([key, { body }]) => [key, body.toString()]));
    store.locks.set(`shop/${ids[3]}/dump.dump.zst`, 'a legal hold is on it');
    expect((await applyPrune(store, await planPrune(store, 'shop', days30, now)))[0]?.outcome).toBe('locked');
    expect(new Map([...store.objects].map(([key, { body }]) => [key, body.toString()]))).toEqual(before);
  });

  it('lists one no more of which a part is held, and says what is', async () => {
    const { store, ids } = storeWith([1, 2, 3, 40], { objects: { 'schema.dump.zst': 's', 'data-1.dump.zst': 'd' } });
    store.locks.set(`shop/${ids[3]}/schema.dump.zst`, 'a legal hold is on it');
    const [removal] = await applyPrune(store, await planPrune(store, 'shop', days30, now));
    expect(removal).toEqual({ id: ids[3], outcome: 'partly', kept: [{ key: `shop/${ids[3]}/schema.dump.zst`, kept: 'a legal hold is on it' }] });
    expect(idsOf(await listBackups(store, 'shop'))).toEqual(ids.slice(0, 3));
  });

  it.each([0, 2])('stops when number %i of those it relies on is gone since', async (index) => {
    const { store, ids } = storeWith([1, 2, 3, 40, 41]);
    const plan = await planPrune(store, 'shop', days30, now);
    store.objects.delete(`shop/${ids[index]}/manifest.json`);
    await expect(applyPrune(store, plan)).rejects.toThrow(`The verified backup ${ids[index]} of shop is no longer at s3://memory, as when pruning was planned: stopped after 0 removals. Plan again.`);
    expect(deletionsOf(store)).toEqual([]);
  });

  it('looks for the newest before each', async () => {
    const { store, ids } = storeWith([1, 2, 3, 40, 41]);
    const plan = await planPrune(store, 'shop', days30, now);
    store.before = (step) => void (step.startsWith(`delete shop/${ids[4]}/dump`) && store.objects.delete(`shop/${ids[0]}/manifest.json`));
    const error = await applyPrune(store, plan).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PruneError);
    expect((error as PruneError).message).toContain('stopped after 1 removal');
    expect((error as PruneError).removals).toEqual([{ id: ids[4], outcome: 'removed', kept: [] }]);
    expect(keysUnder(store, ids[3] as string)).toHaveLength(2);
  });

  it('removes nothing by a plan that relies on none', async () => {
    const { store, ids } = storeWith([40]);
    const plan: PrunePlan = { database: 'shop', keep: [], remove: [{ id: ids[0] as string, reason: 'older than 30 days', bytes: 0 }], damaged: [], keptBytes: 0, removedBytes: 0, relyingOn: [] };
    await expect(applyPrune(store, plan)).rejects.toThrow('There is no verified backup of shop at s3://memory to rely on: nothing is removed.');
    expect(deletionsOf(store)).toEqual([]);
  });

  it('stops between two when it is told to', async () => {
    const { store, ids } = storeWith([1, 2, 3, 40, 41]);
    const controller = new AbortController();
    const plan = await planPrune(store, 'shop', days30, now);
    store.before = (step) => void (step.startsWith(`delete shop/${ids[4]}/manifest`) && controller.abort(new Error('SIGINT')));
    await expect(applyPrune(store, plan, { signal: controller.signal })).rejects.toThrow('SIGINT');
    expect(keysUnder(store, ids[4] as string)).toEqual([]);
    expect(keysUnder(store, ids[3] as string)).toHaveLength(2);
  });

  it('leaves nothing half-deleted in the list, wherever the store fails, and the next run ends it', async () => {
    const objects = { 'schema.dump.zst': 's', 'data-1.dump.zst': 'd', 'data-2.dump.zst': 'e' };
    const steps = 2 * (Object.keys(objects).length + 1);
    for (let failing = 1; failing <= steps; failing++) {
      const { store, ids } = storeWith([1, 2, 3, 40, 41], { objects });
      const plan = await planPrune(store, 'shop', days30, now);
      let deletions = 0;
      store.before = (step) => {
        if (step.startsWith('delete ') && ++deletions >= failing) throw new StoreError('s3://memory answered 503.');
      };
      const error = await applyPrune(store, plan).catch((reason: unknown) => reason as PruneError);
      expect((error as PruneError).message).toMatch(/^Pruning shop stopped at \S+, after [01] removals?: s3:\/\/memory answered 503\. /);
      store.before = () => undefined;
      await expectWhole(store);
      expect(idsOf(await listBackups(store, 'shop'))).toEqual(expect.arrayContaining(ids.slice(0, 3)));

      await applyPrune(store, await planPrune(store, 'shop', days30, now));
      await sweepUnfinished(store, 'shop', now);
      expect(store.objects.size).toBe(3 * 4);
    }
  });

  it('is safe twice at once, with any two policies', async () => {
    const policy = fc.record({ keepDays: fc.integer({ min: 1, max: 50 }), minimum: fc.integer({ min: 1, max: 4 }) });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(fc.integer({ min: 0, max: 80 }), { minLength: 1, maxLength: 12 }), policy, policy, async (scheduler, days, ...both) => {
        const { store, ids } = storeWith(days);
        const newest = ids[days.indexOf(Math.min(...days))] as string;
        store.before = () => scheduler.schedule(Promise.resolve()) as Promise<void>;
        const prune = async (mine: (typeof both)[number]): Promise<unknown> => applyPrune(store, await planPrune(store, 'shop', mine, now)).catch((error: unknown) => error);
        const ends = Promise.all(both.map(prune));
        await scheduler.waitFor(ends);
        for (const end of await ends) if (end instanceof Error) expect(end).toBeInstanceOf(PruneError);
        store.before = () => undefined;
        await expectWhole(store);
        const left = idsOf(await listBackups(store, 'shop'));
        if (days.filter((day) => day === Math.min(...days)).length === 1) expect(left).toContain(newest);
        expect(left.length).toBeGreaterThanOrEqual(Math.min(ids.length, ...both.map(({ minimum }) => minimum)));
      }),
      { numRuns: 60 },
    );
  });

  it('prunes thousands, over many pages of listings', async () => {
    const days = Array.from({ length: 2_500 }, (_, index) => index / 2);
    const { store, ids } = storeWith(days);
    const plan = await planPrune(store, 'shop', { keepDays: 30, monthly: 12, minimum: 3 }, now);
    expect(store.log.filter((step) => step === 'list shop/')).toHaveLength(6);
    expect(plan.keep.length + plan.remove.length).toBe(2_500);
    // Only the oldest, as many requests as it takes for each.
    await applyPrune(store, { ...plan, remove: plan.remove.slice(-200) });
    expect(idsOf(await listBackups(store, 'shop'))).toEqual([...ids].filter((id) => !plan.remove.slice(-200).some((removed) => removed.id === id)));
    expect(store.objects.size).toBe(2 * 2_300);
  });
});

describe('sweeping', () => {
  const stray = '20261101T020000Z-0badf00d';

  it('removes folders without a manifest, all of whose objects are old by the clock of the store', async () => {
    const { store, ids } = storeWith([1, 40]);
    store.add(`shop/${stray}/data-1.dump.zst`, 'old', ago(8));
    store.add(`shop/${stray}/drill.json`, 'old', ago(8));
    store.add('shop/20261102T020000Z-0badf00d/data-1.dump.zst', 'old', ago(8));
    store.add('shop/20261102T020000Z-0badf00d/data-2.dump.zst', 'new', ago(6.9));
    store.add('shop/20261103T020000Z-0badf00d/manifest.json', 'damaged', ago(30));
    store.add('shop/archive/data.zst', 'not ours', ago(30));
    store.add(`other/${stray}/data-1.dump.zst`, 'of another database', ago(30));
    const keys = new Set(store.objects.keys());
    const sweep = await sweepUnfinished(store, 'shop', now);
    expect(sweep).toEqual({ abandoned: [], removed: [{ id: stray, bytes: 6 }], kept: [] });
    expect([...keys].filter((key) => !store.objects.has(key))).toEqual([`shop/${stray}/data-1.dump.zst`, `shop/${stray}/drill.json`]);
    expect(idsOf(await listBackups(store, 'shop'))).toEqual(expect.arrayContaining(ids));
  });

  it('gives up unfinished uploads of ours that are old, and leaves the folder of a young one', async () => {
    const store = storeAt();
    store.uploads.push(
      { id: 'old', key: `shop/${stray}/data-1.dump.zst`, begun: ago(7.1) },
      { id: 'young', key: 'shop/20261102T020000Z-0badf00d/data-2.dump.zst', begun: ago(6.9) },
      { id: 'unknown', key: 'shop/20261104T020000Z-0badf00d/data-2.dump.zst', begun: new Date(Number.NaN) },
      { id: 'not ours', key: 'shop/video.mp4', begun: ago(100) },
    );
    store.add('shop/20261102T020000Z-0badf00d/data-1.dump.zst', 'done long ago', ago(9));
    const sweep = await sweepUnfinished(store, 'shop', now);
    expect(idsOf(sweep.abandoned)).toEqual(['old']);
    expect(idsOf(store.uploads)).toEqual(['young', 'unknown', 'not ours']);
    expect(sweep.removed).toEqual([]);
    expect(store.objects.size).toBe(1);
  });

  it('tells what a lock keeps', async () => {
    const store = storeAt();
    store.add(`shop/${stray}/a.zst`, 'held', ago(9));
    store.add(`shop/${stray}/b.zst`, 'free', ago(9));
    store.locks.set(`shop/${stray}/a.zst`, 'it is locked until 2027');
    const kept = [{ key: `shop/${stray}/a.zst`, kept: 'it is locked until 2027' }];
    expect(await sweepUnfinished(store, 'shop', now)).toEqual({ abandoned: [], removed: [{ id: stray, bytes: 4 }], kept });
    expect(await sweepUnfinished(store, 'shop', now)).toEqual({ abandoned: [], removed: [], kept });
  });

  it('leaves a folder whose manifest comes at the last moment', async () => {
    const store = storeAt();
    store.add(`shop/${stray}/dump.dump.zst`, 'x', ago(9));
    store.before = (step) => void (step === `list shop/${stray}/` && store.add(`shop/${stray}/manifest.json`, '{}', now));
    expect((await sweepUnfinished(store, 'shop', now)).removed).toEqual([]);
    expect(store.objects.size).toBe(2);
  });

  it('tells age by the clock of the store, not by ours', async () => {
    const store = storeAt();
    store.add(`shop/${stray}/dump.dump.zst`, 'x', new Date(ago(7).getTime() + HOUR / 2));
    expect((await sweepUnfinished(store, 'shop', new Date(now.getTime() + HOUR))).removed).toEqual([]);
    expect((await sweepUnfinished(store, 'shop', new Date(now.getTime() - HOUR), WEEK - HOUR)).removed).toEqual([{ id: stray, bytes: 1 }]);
  });

  it('takes another age, and refuses when the clocks differ', async () => {
    const store = storeAt();
    store.add(`shop/${stray}/dump.dump.zst`, 'x', ago(1));
    await expect(sweepUnfinished(store, 'shop', new Date(now.getTime() + 30 * DAY))).rejects.toThrow(PruneError);
    expect((await sweepUnfinished(store, 'shop', now, 2 * HOUR)).removed).toEqual([{ id: stray, bytes: 1 }]);
  });
});
