import type { FinishedBackup } from '../backup-database';
import type { ObjectStore } from '../store/object-store';
import { megabytes, type ProgressOutput } from '../progress';
import { applyPrune, PruneError, planPrune, sweepUnfinished, type PrunePlan, type Removal } from './prune';
import type { RetentionPolicy } from './retention';

/** What is done about old backups, and by which rule. */
export interface Pruning {
  policy: RetentionPolicy;
  prune: 'plan' | 'apply' | 'off';
}

/**
 * Prunes after a backup that succeeded, and only then: says what would go, or removes it. Without a rule nothing is to
 * be removed. Throws a {@link PruneError} or a `StoreError`; the backup is whole all the same.
 */
export async function pruneAfterBackup(store: ObjectStore, { manifest }: FinishedBackup, { policy, prune }: Pruning, output: ProgressOutput, signal: AbortSignal): Promise<void> {
  const { keepDays, daily, weekly, monthly, yearly } = policy;
  if (prune === 'off' || !(keepDays ?? daily ?? weekly ?? monthly ?? yearly)) return;
  const now = new Date();
  // What the server's clock said when the backup began, carried on by the time that it took, which no clock tells.
  const serverNow = new Date(Date.parse(manifest.snapshotAt) + manifest.durationMs);
  const plan = await planPrune(store, manifest.database, policy, now, { serverNow });
  for (const { id, why } of plan.damaged) output.write(`Warning: the backup ${id} cannot be trusted, and is left for you to look at: ${why}\n`);
  if (prune === 'plan') return output.write(told(plan));
  const removals = await applyPrune(store, plan, { signal });
  const swept = await sweepUnfinished(store, manifest.database, now);
  output.write(outcome(plan, removals));
  if (swept.removed.length + swept.abandoned.length > 0) output.write(`Of runs that were interrupted more than a week ago, ${swept.removed.length} folders and ${swept.abandoned.length} unfinished uploads were removed.\n`);
  for (const { key, kept } of swept.kept) output.write(`Left of an interrupted run: ${key}: ${kept ?? ''}\n`);
  const left = removals.filter(({ outcome: what }) => what === 'partly');
  if (left.length > 0) throw new PruneError(`${left.map(({ id, kept }) => `${id}: ${kept[0]?.kept ?? 'not all of it could be deleted'}`).join('; ')}.`, removals);
}

function told({ remove, keep, removedBytes }: PrunePlan): string {
  if (remove.length === 0) return `Retention: all ${keep.length} backups are to be kept.\n`;
  const lines = remove.map(({ id, reason, bytes }) => `  ${id}  ${megabytes(bytes)}  ${reason}`);
  return [`Retention: ${keep.length} are to be kept, and ${remove.length} (${megabytes(removedBytes)}) would be removed by --prune=apply:`, ...lines, ''].join('\n');
}

function outcome({ keep }: PrunePlan, removals: readonly Removal[]): string {
  const of = (what: Removal['outcome']): Removal[] => removals.filter((one) => one.outcome === what);
  const locked = of('locked').map(({ id, kept }) => `  ${id} stays: ${kept[0]?.kept ?? 'locked'}`);
  return [`Retention: ${keep.length} kept, ${of('removed').length} removed.`, ...locked, ''].join('\n');
}
