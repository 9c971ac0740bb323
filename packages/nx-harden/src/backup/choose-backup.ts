import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { folderOf } from './backup-id';
import { databasesIn, latest, listBackups, type ListedBackup } from './catalog';
import { readIdentities } from './codec';
import type { ObjectStore } from './store/object-store';
import type { BackupSource } from './read-object';

/** A backup that is not there, or cannot be told from others. */
export class ChoiceError extends Error {}

/** Which backup is meant, and what it is read with. Throws {@link ChoiceError} that lists what there is. */
export async function chooseBackup(store: ObjectStore, { backup, database, identityFile, workspaceRoot, signal }: { backup: string; database?: string | undefined; identityFile?: string | undefined; workspaceRoot: string; signal: AbortSignal }): Promise<BackupSource> {
  const name = database ?? (await onlyDatabase(store));
  const backups = await listBackups(store, name);
  const chosen = backup === 'latest' ? newest(backups, store, name) : backups.find(({ id }) => id === backup);
  if (!chosen) throw new ChoiceError(`There is no backup ${backup} of ${name} at ${store.url}. See: nx run <app>:restore-db --list.`);
  if (!chosen.manifest) throw new ChoiceError(`The backup ${chosen.id} of ${name} cannot be used: ${chosen.damaged}`);
  return { store, folder: folderOf(name, chosen.id), manifest: chosen.manifest, identities: await identities(identityFile, workspaceRoot), signal };
}

async function onlyDatabase(store: ObjectStore): Promise<string> {
  const names = await databasesIn(store);
  const [only] = names;
  if (only === undefined) throw new ChoiceError(`There is no backup at ${store.url}. Make one: nx run <app>:backup-db, with --to for another place.`);
  if (names.length > 1) throw new ChoiceError(`There are backups of several databases at ${store.url}: ${names.join(', ')}. Say which by --database.`);
  return only;
}

function newest(backups: readonly ListedBackup[], store: ObjectStore, name: string): ListedBackup {
  const found = latest(backups);
  if (!found) throw new ChoiceError(`There is no whole backup of ${name} at ${store.url}${backups.length > 0 ? `: ${backups.map(({ damaged }) => damaged).join(' ')}` : '.'}`);
  return found;
}

async function identities(file: string | undefined, workspaceRoot: string): Promise<string[]> {
  if (file) {
    const text = await readFile(resolve(workspaceRoot, file), 'utf-8').catch((error: Error) => {
      throw new ChoiceError(`The key ${file} cannot be read: ${error.message}.`);
    });
    return readIdentities(text, file);
  }
  const fromEnv = process.env['BACKUP_AGE_IDENTITY'];
  return fromEnv ? readIdentities(fromEnv, 'BACKUP_AGE_IDENTITY') : [];
}
