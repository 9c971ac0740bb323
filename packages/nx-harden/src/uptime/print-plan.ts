import type { Change, Plan } from './plan';
import { plain } from './api-error';
import { fieldInFile } from './resources';

/** What a change does, in a line: `~ monitor "web: home page": frequency 180 → 60`. */
export function describeChange(change: Change): string {
  if (change.action === 'create') return `+ ${change.resource.kind} "${change.resource.name}"`;
  if (change.action === 'delete') return `- ${change.present.kind} "${plain(change.present.name)}"`;
  const { resource, fields } = change;
  return `~ ${resource.kind} "${resource.name}": ${fields.map(({ attribute, from, to }) => `${fieldInFile(resource.kind, attribute)} ${shown(from)} → ${shown(to)}`).join(', ')}`;
}

/** The plan, a line for each change, and the sums. */
export function printPlan({ changes, unchanged }: Plan): string {
  const count = (action: Change['action']): number => changes.filter((change) => change.action === action).length;
  const sums = `${count('create')} to create, ${count('update')} to update, ${count('delete')} to delete, ${unchanged} unchanged.`;
  return [...changes.map((change) => `  ${describeChange(change)}`), sums].join('\n');
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return 'unset';
  return JSON.stringify(typeof value === 'string' ? plain(withoutPassword(value)) : value);
}

/** An address that somebody gave to Better Stack by hand may have one. */
function withoutPassword(value: string): string {
  return value.replace(/^([a-z][\w+.-]*:\/\/)[^/?#]*@/i, '$1***@');
}
