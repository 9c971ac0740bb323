import { randomBytes } from 'node:crypto';

const ID = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z-[0-9a-f]{8}$/;

/** A name for a backup: its time in ISO 8601's basic format (UTC, to the second), and chance, so that two at once differ. */
export function newBackupId(now: Date): string {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
  return `${time}-${randomBytes(4).toString('hex')}`;
}

/** The time in the name of a backup; undefined when it is not one. */
export function timeOfBackup(id: string): Date | undefined {
  const [, year, month, day, hour, minute, second] = ID.exec(id) ?? [];
  if (year === undefined) return undefined;
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

/** The name of a database as a part of a key: no `/`, and none of the names that a folder gives a meaning of its own. */
export function folderOfDatabase(database: string): string {
  return encodeURIComponent(database).replace(/^\.+$/, (dots) => '%2E'.repeat(dots.length));
}

/** The key of a backup's folder, with `/` at its end. */
export function folderOf(database: string, id: string): string {
  return `${folderOfDatabase(database)}/${id}/`;
}
