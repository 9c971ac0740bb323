import { nameField, type Attributes, type Resource, type ResourceKind } from './resources';

/** One monitor or heartbeat as Better Stack has it. */
export interface Present {
  kind: ResourceKind;
  id: string;
  name: string;
  attributes: Attributes;
}

export interface FieldChange {
  attribute: string;
  from: unknown;
  to: unknown;
}

export type Change =
  | { action: 'create'; resource: Resource }
  | { action: 'update'; resource: Resource; id: string; fields: FieldChange[] }
  | { action: 'delete'; present: Present };

export interface Plan {
  /** In the order in which they are done: what is new looks before what is old stops looking. */
  changes: Change[];
  unchanged: number;
}

/** What is to be done so that Better Stack has what is wanted. Only what begins with the prefix is looked at. */
export function makePlan(wanted: readonly Resource[], present: readonly Present[], prefix: string): Plan {
  const ours = present.filter(({ name }) => name.startsWith(prefix));
  const kept = new Set<Present>();
  const [creates, updates]: [Change[], Change[]] = [[], []];
  for (const resource of wanted) {
    // A request to create that was cut may have made it twice: the first stays, the others are deleted.
    const match = ours.find(({ kind, name }) => kind === resource.kind && name === resource.name);
    if (!match) {
      creates.push({ action: 'create', resource });
      continue;
    }
    kept.add(match);
    const fields = changedFields(resource.attributes, match.attributes);
    if (fields.length > 0) updates.push({ action: 'update', resource, id: match.id, fields });
  }
  const deletes = ours.filter((one) => !kept.has(one)).map((one): Change => ({ action: 'delete', present: one }));
  return { changes: [...updates, ...creates, ...deletes], unchanged: kept.size - updates.length };
}

/** The resource that a list of Better Stack's has under an id. */
export function presentOf(kind: ResourceKind, id: string, attributes: Attributes): Present {
  return { kind, id, name: String(attributes[nameField(kind)] ?? ''), attributes };
}

function changedFields(wanted: Attributes, present: Attributes): FieldChange[] {
  return Object.entries(wanted).flatMap(([attribute, to]) => {
    const from = presentValue(attribute, present);
    return comparable(attribute, from) === comparable(attribute, to) ? [] : [{ attribute, from, to }];
  });
}

/** Better Stack takes `paused`, and tells `paused_at`. */
function presentValue(attribute: string, present: Attributes): unknown {
  if (attribute === 'paused') return present['paused'] ?? (present['paused_at'] ?? null) !== null;
  return present[attribute];
}

/** As text that is the same for what means the same: an order in a list, a slash behind a host, a number as text. */
function comparable(attribute: string, value: unknown): string {
  if (Array.isArray(value)) return value.map(String).sort().join(' ');
  if (attribute === 'url' && URL.canParse(String(value))) return new URL(String(value)).href;
  if (/_expiration$/.test(attribute)) return String(value ?? -1);
  if (/^(email|call|sms|push|paused|verify_ssl)$/.test(attribute)) return String(value ?? false);
  return String(value ?? '');
}
