import type { CapabilityContext } from '../../capability';
import type { PutEntries } from '../../put-entries';
import { BACKUP_PACKAGES } from '../../versions';
import type { BackupOptions } from './schema';
import { parseStoreUrl } from './store-url';

/** The packages that what was chosen needs, and the folders that are not to be committed. */
export function entriesOf({ options }: Pick<CapabilityContext, 'options'>): PutEntries {
  const { to = '', encryptTo = [], secretId } = options as BackupOptions;
  const store = parseStoreUrl(to);
  const folder = store.kind === 'folder' ? store.pathInWorkspace : undefined;
  const packages = [...(store.kind === 'bucket' ? ['@aws-sdk/client-s3' as const] : []), ...(secretId ? ['@aws-sdk/client-secrets-manager' as const] : []), ...(encryptTo.length > 0 ? ['age-encryption' as const] : [])];
  return {
    // The plugin loads them, and it is installed in the workspace's root.
    rootDevDependencies: Object.fromEntries(packages.map((name) => [name, BACKUP_PACKAGES[name]])),
    // The drill leaves its result there.
    ignored: ['test-output/', ...(folder ? [`${folder}/`] : [])],
  };
}
