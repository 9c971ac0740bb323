import { BetterStackError } from './api-error';
import type { BetterStack } from './better-stack';
import { waitAfter, type Patience } from './patience';
import type { Change, Plan, Present } from './plan';
import { describeChange } from './print-plan';
import { fieldInFile, type Resource } from './resources';
import { UPTIME_FILE } from './uptime-file';

/** Says how far it is, in whole lines. */
export type Say = (line: string) => void;

/**
 * Does what a plan says, one change after the other, and returns what was created. Throws at the first that fails, with
 * how much is done: the next plan goes on from there.
 */
export async function applyPlan({ changes }: Plan, api: BetterStack, patience: Patience, say: Say): Promise<Present[]> {
  const created: Present[] = [];
  for (const [index, change] of changes.entries()) {
    try {
      const made = await applyChange(change, api, patience);
      if (made) created.push(made);
    } catch (error) {
      if (index > 0) say(`${index} of ${changes.length} changes are done; the rest is not. Run it again: it goes on from there.`);
      throw change.action === 'delete' ? error : inTheFile(error, change.resource);
    }
    say(`[${index + 1}/${changes.length}] ${describeChange(change)}`);
  }
  return created;
}

async function applyChange(change: Change, api: BetterStack, patience: Patience): Promise<Present | undefined> {
  if (change.action === 'create') return create(change.resource, api, patience);
  if (change.action === 'delete') await api.remove(change.present.kind, change.present.id, change.present.name);
  else await api.update(change.resource.kind, change.id, Object.fromEntries(change.fields.map(({ attribute, to }) => [attribute, to])), change.resource.name);
  return undefined;
}

/** Where the answer to a request was lost, what it asked for may be there: created again, it would be there twice. */
async function create({ kind, name, attributes }: Resource, api: BetterStack, patience: Patience): Promise<Present> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await api.create(kind, attributes);
    } catch (error) {
      if (!(error instanceof BetterStackError) || !error.mayBeDone || attempt >= patience.attempts) throw error;
      await waitAfter(attempt, patience);
      const found = (await api.list(kind)).find((one) => one.name === name);
      if (found) return found;
    }
  }
}

/** A field that is refused, by its place in the file. */
function inTheFile(error: unknown, { kind, place }: Resource): unknown {
  if (!(error instanceof BetterStackError) || Object.keys(error.fields).length === 0) return error;
  const lines = Object.entries(error.fields).map(([field, said]) => `${UPTIME_FILE}: ${place}.${fieldInFile(kind, field)}: Better Stack says: ${said}`);
  return new BetterStackError(error.failure, lines.join('\n'), error.fields);
}
