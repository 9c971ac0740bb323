/**
 * The targets that an app gets by what is on in it. It is on Nx's hot path (the inferred plugin calls it), so it
 * imports nothing but types.
 */
import type { TargetConfiguration } from '@nx/devkit';

/**
 * Targets by their kind, as a capability names it to `run.target(name, kind)` and `hardening.json` records it. A kind
 * that says nothing of how a target is run adds to the one that another plugin infers.
 */
const KINDS: Record<string, TargetConfiguration> = {
};

/** The targets of an app, of the kinds that its `hardening.json` records. A kind of a newer version of the plugin is left out. */
export function inferredTargets(capabilities: Record<string, { targets?: Record<string, string> }>): Record<string, TargetConfiguration> {
  const recorded = Object.values(capabilities).flatMap(({ targets }) => Object.entries(targets ?? {}));
  return Object.fromEntries(recorded.flatMap(([name, kind]) => (KINDS[kind] ? [[name, KINDS[kind]]] : [])));
}
