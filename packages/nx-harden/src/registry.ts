import type { Capability } from './capability';
import { analytics } from './capabilities/analytics';
import { backup } from './capabilities/backup';
import { ci } from './capabilities/ci';
import { headers } from './capabilities/headers';
import { playwright } from './capabilities/playwright';
import { preCommit } from './capabilities/pre-commit';
import { rateLimit } from './capabilities/rate-limit';
import { sentry } from './capabilities/sentry';
import { uptime } from './capabilities/uptime';
import { vitest } from './capabilities/vitest';

/** THE list of capabilities. All that is listed anywhere derives from it. */
export const capabilities: readonly Capability[] = [headers, rateLimit, sentry, analytics, uptime, vitest, playwright, preCommit, backup, ci];

/** The capability of that name. Throws with the names that there are. */
export function capabilityById(id: string): Capability {
  const capability = capabilities.find((one) => one.id === id);
  if (!capability) throw new Error(`There is no protection "${id}". There are: ${capabilities.map((one) => one.id).join(', ')}.`);
  return capability;
}

/** The named capabilities, each after those that it names in `after`, else in the registry's order. Throws on a cycle. */
export function inOrder(ids: readonly string[], from: readonly Capability[] = capabilities): Capability[] {
  const wanted = from.filter(({ id }) => ids.includes(id));
  const ordered: Capability[] = [];
  while (ordered.length < wanted.length) {
    const next = wanted.find((one) => !ordered.includes(one) && one.after.every((id) => isPlaced(id, wanted, ordered)));
    if (!next) throw new Error(`The order in "after" has a cycle among: ${wanted.map(({ id }) => id).join(', ')}.`);
    ordered.push(next);
  }
  return ordered;
}

function isPlaced(id: string, wanted: readonly Capability[], ordered: readonly Capability[]): boolean {
  return !wanted.some((one) => one.id === id) || ordered.some((one) => one.id === id);
}
