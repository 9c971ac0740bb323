import { describe, expect, it } from 'vitest';
import { addBackup, MemoryStore } from '../testing/memory-store';
import { databasesIn, latest, listBackups } from './catalog';
import { StoreError } from './store/object-store';

const DAY = 86_400_000;
const at = (day: number): Date => new Date(Date.parse('2026-11-24T02:00:00Z') - day * DAY);

describe('the catalog of a store', () => {
  it('lists what has a manifest, newest first', async () => {
    const store = new MemoryStore();
    const ids = [2, 0, 1].map((day) => addBackup(store, 'shop', at(day)));
    store.add('shop/20261120T020000Z-0badf00d/dump.dump.zst', 'interrupted');
    store.add('shop/notes/manifest.json', 'of something else');
    store.add('shop/readme.txt', 'a file');
    const backups = await listBackups(store, 'shop');
    expect(backups.map(({ id }) => id)).toEqual([ids[1], ids[2], ids[0]]);
    expect(backups[0]?.manifest?.objects[0]?.size).toBe(5);
  });

  it('lists a damaged one as damaged, with what to do', async () => {
    const store = new MemoryStore();
    const [flipped, empty, exchanged] = [0, 1, 2].map((day) => addBackup(store, 'shop', at(day))) as [string, string, string];
    const whole = addBackup(store, 'shop', at(3));
    const text = store.objects.get(`shop/${flipped}/manifest.json`)?.body.toString() ?? '';
    store.add(`shop/${flipped}/manifest.json`, text.replace('"databaseSize": 1', '"databaseSize": 3'));
    store.add(`shop/${empty}/manifest.json`, '');
    store.add(`shop/${exchanged}/manifest.json`, store.objects.get(`shop/${whole}/manifest.json`)?.body ?? '');
    const backups = await listBackups(store, 'shop');
    expect(backups.map(({ damaged }) => damaged?.replace(/^\S+ /, ''))).toEqual([
      'is damaged: its hash is not that of its content. This backup cannot be trusted; use another one.',
      'is damaged: it is not JSON. This backup cannot be trusted; use another one.',
      `is the manifest of another backup, ${whole} of shop. This backup cannot be trusted; use another one.`,
      undefined,
    ]);
    expect(backups[0]?.damaged).toContain(`s3://memory/shop/${flipped}/manifest.json`);
    expect(latest(backups)?.id).toBe(whole);
  });

  it('tells databases apart, of any name', async () => {
    const store = new MemoryStore();
    const names = ['Käse & Co', 'a/b', 'shop', '100%'];
    const ids = names.map((name) => addBackup(store, name, at(0)));
    for (const stray of ['100%', '%E0%A4%A', 'a%2fb', 'logs']) store.add(`${stray}/20261124T020000Z-0badf00d/manifest.json`, '');
    store.add('empty/notes.txt', '');
    expect(await databasesIn(store)).toEqual([...names, 'logs'].sort());
    expect((await listBackups(store, 'a/b')).map(({ id }) => id)).toEqual([ids[1]]);
    const all = await listBackups(store);
    expect(all.map(({ database }) => database)).toEqual([...names, 'logs'].sort());
    expect(all.find(({ database }) => database === 'logs')?.damaged).toContain('not JSON');
  });

  it('reads thousands, eight at a time', async () => {
    const store = new MemoryStore();
    for (let day = 0; day < 2_500; day++) addBackup(store, 'shop', at(day));
    expect(await listBackups(store, 'shop')).toHaveLength(2_500);
    expect(store.mostReads).toBe(8);
  });

  it('leaves one out that is removed meanwhile', async () => {
    const store = new MemoryStore();
    const [kept, removed] = [0, 1].map((day) => addBackup(store, 'shop', at(day))) as [string, string];
    store.before = (step) => void (step === `read shop/${removed}/manifest.json` && store.objects.delete(`shop/${removed}/manifest.json`));
    expect((await listBackups(store, 'shop')).map(({ id }) => id)).toEqual([kept]);
  });

  it('throws what the store throws, and asks no more of it', async () => {
    const store = new MemoryStore();
    for (let day = 0; day < 100; day++) addBackup(store, 'shop', at(day));
    let reads = 0;
    store.before = (step) => {
      if (step.startsWith('read') && ++reads === 3) throw new StoreError('The store is gone.');
    };
    await expect(listBackups(store, 'shop')).rejects.toThrow('The store is gone.');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(reads).toBeLessThan(30);
  });

  it('takes the newest verified one by the time of its snapshot', async () => {
    const store = new MemoryStore();
    // The machine's clock was wrong when it gave this one its name.
    const newest = addBackup(store, 'shop', at(1), { idAt: at(9) });
    addBackup(store, 'shop', at(2));
    const unverified = addBackup(store, 'shop', at(0), { verified: false });
    const backups = await listBackups(store, 'shop');
    expect(latest(backups)?.id).toBe(newest);
    expect(latest(backups.filter(({ id }) => id === unverified))?.id).toBe(unverified);
    expect(latest([])).toBeUndefined();
  });
});
