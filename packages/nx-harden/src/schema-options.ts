import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface OptionSchema {
  type?: string;
  enum?: unknown[];
  items?: { enum?: unknown[] };
  'x-default'?: unknown;
}

/** A capability's `schema.json`, as far as options are resolved from it. */
export interface CapabilitySchema {
  properties: Record<string, OptionSchema>;
}

/** Reads the schema of a capability, which stands beside its code. */
export function readCapabilitySchema(id: string): CapabilitySchema {
  return JSON.parse(readFileSync(join(__dirname, 'capabilities', id, 'schema.json'), 'utf-8')) as CapabilitySchema;
}

/**
 * What was chosen: given on the command line before what a former run recorded. The schema's defaults are not in it,
 * so that a later version of the plugin may improve a default that nobody chose.
 *
 * The schemas carry `x-default` and not `default`: Nx fills in `default` before a generator is called, and a second
 * run could then not tell a choice from a default.
 */
export function chosenOptions(
  id: string,
  schema: CapabilitySchema,
  given: Record<string, unknown>,
  recorded: Record<string, unknown>,
  recordedIn: string,
): Record<string, unknown> {
  const chosen: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(schema.properties)) {
    if (name === 'project') continue;
    const value = given[name] ?? recorded[name];
    if (value === undefined) continue;
    const where = given[name] === undefined ? `${recordedIn}: capabilities.${id}.options.${name}` : `--${name}`;
    assertAllowed(where, value, property);
    chosen[name] = value;
  }
  return chosen;
}

/** The options that a generator works with: what was chosen over the schema's defaults. */
export function resolvedOptions(schema: CapabilitySchema, chosen: Record<string, unknown>): Record<string, unknown> {
  const defaults = Object.entries(schema.properties)
    .filter(([, property]) => property['x-default'] !== undefined)
    .map(([name, property]) => [name, property['x-default']]);
  return { ...Object.fromEntries(defaults), ...chosen };
}

function assertAllowed(where: string, value: unknown, property: OptionSchema): void {
  const allowed = property.enum ?? property.items?.enum;
  const values = Array.isArray(value) ? value : [value];
  const wrong = allowed && values.find((one) => !allowed.includes(one));
  if (wrong !== undefined) throw new Error(`${where} is ${JSON.stringify(wrong)}; use ${allowed?.join(', ')}.`);
  if (property.type === 'array' && !Array.isArray(value)) throw new Error(`${where} has to be a list.`);
  if (property.type && ['string', 'boolean', 'number'].includes(property.type) && typeof value !== property.type) {
    throw new Error(`${where} is ${JSON.stringify(value)}; it has to be a ${property.type}.`);
  }
}
