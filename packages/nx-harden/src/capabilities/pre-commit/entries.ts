import type { CapabilityContext } from '../../capability';
import { toRecordedPath } from '../../hardening-file';
import type { PutEntries } from '../../put-entries';
import { HUSKY, LEFTHOOK } from '../../versions';
import { missingHooks } from './missing-hooks';
import { hasOwnSetup, workspaceOptions } from './manager';
import type { PreCommitOptions } from './schema';
import { findSecretlintConfig, SECRETLINT_CONFIG, secretlintPackages } from './secret-scan';

/** An install without development packages, as for a container, has no husky, and is not to fail for it. */
const PREPARE = 'husky || true';

/** What runs the hooks, and what looks for secrets, where the team has neither. All of it runs in the workspace's root. */
export function entriesOf({ tree, app, options, record }: CapabilityContext): PutEntries {
  const resolved = workspaceOptions(tree, app, options as unknown as PreCommitOptions, record);
  const hooks = missingHooks(tree, app, resolved, record);
  if (hooks.length === 0) return {};
  const isNew = !hasOwnSetup(tree, app, resolved.manager, record);
  const scans = resolved.secretScan === 'secretlint' && hooks.some(({ id }) => id === 'secrets');
  const hasOwnConfig = findSecretlintConfig(tree) !== undefined && !(toRecordedPath(app.root, SECRETLINT_CONFIG) in record.files);
  return {
    rootDevDependencies: {
      ...(scans && secretlintPackages(tree, hasOwnConfig)),
      ...(isNew && resolved.manager === 'lefthook' && { lefthook: LEFTHOOK }),
      ...(isNew && resolved.manager === 'husky' && { husky: HUSKY }),
    },
    ...(isNew && resolved.manager === 'husky' && { scripts: { prepare: PREPARE } }),
  };
}
