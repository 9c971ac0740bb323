import type { CapabilityContext } from '../../capability';
import type { PutEntries } from '../../put-entries';
import { HEALTH_PACKAGES } from '../../versions';
import { usesPostgres } from '../backup/database';
import { isHealthMade } from './health-made';

/** The driver that the health check asks with, for an app that comes without it; its types for one in TypeScript. */
export function entriesOf({ tree, app, record }: Pick<CapabilityContext, 'tree' | 'app' | 'record'>): PutEntries {
  if (!isHealthMade(tree, app, record) || !usesPostgres(tree, app)) return {};
  const { pg, '@types/pg': types } = HEALTH_PACKAGES;
  return { dependencies: { pg }, ...(app.language === 'ts' && { devDependencies: { '@types/pg': types } }) };
}
