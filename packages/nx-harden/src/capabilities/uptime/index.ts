import type { Capability } from '../../capability';
import { TOKEN_VARIABLE } from '../../uptime/api-error';
import { checkUptime } from './check';
import { entriesOf } from './entries';

export const uptime: Capability = {
  id: 'uptime',
  title: 'Uptime monitors',
  why: 'Tells you within minutes that the app or its database is down, a certificate runs out or a backup did not run.',
  recommended: true,
  after: [],
  // Backups have heartbeats.
  readsOthers: true,
  entries: entriesOf,
  env: [{ name: TOKEN_VARIABLE, comment: 'For nx run <app>:uptime, of Better Stack; the app itself does not read it' }],
  check: checkUptime,
  checkLive: async (given) => (await import('./check-live')).checkLiveUptime(given),
  generator: async () => (await import('./generator')).generate,
};
