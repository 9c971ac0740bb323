import type { Capability } from '../../capability';
import { checkBackup } from './check';
import { entriesOf } from './entries';

export const backup: Capability = {
  id: 'backup',
  title: 'Database backups',
  why: 'Gets the data back after a wrong DELETE, a broken migration or a lost server: a backup is whole or it is none, restoring it is tried, and old ones go only when a new one is good.',
  recommended: true,
  after: [],
  entries: entriesOf,
  env: [
    { name: 'DATABASE_URL', comment: 'The database, directly and not through a pooler: postgres://user:password@host:5432/name' },
    { name: 'BACKUP_HEARTBEAT_URL', comment: 'Monitor that is told when a backup starts, succeeds and fails' },
    { name: 'DRILL_HEARTBEAT_URL', comment: 'Monitor that is told how a restore drill ended' },
  ],
  check: checkBackup,
  checkLive: async (given) => (await import('./check-live')).checkLiveBackup(given),
  generator: async () => (await import('./generator')).generate,
};
