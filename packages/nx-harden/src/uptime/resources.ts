import { UptimeFileError, type Alerts, type HeartbeatSpec, type MonitorSpec, type UptimeFile } from './uptime-file';

export type ResourceKind = 'monitor' | 'heartbeat';

/** What a resource is at Better Stack, by the names that its API has for it. */
export type Attributes = Record<string, unknown>;

/** One monitor or heartbeat as the file wants it. */
export interface Resource {
  kind: ResourceKind;
  /** With the prefix. */
  name: string;
  attributes: Attributes;
  /** Where it stands: `monitors[1]`. */
  place: string;
  /** Variable for the URL of a heartbeat. */
  env?: string;
}

const ALERT_FIELDS: Record<keyof Alerts, string> = { email: 'email', call: 'call', sms: 'sms', push: 'push', policy: 'policy_id', paused: 'paused' };
const FIELDS: Record<ResourceKind, Record<string, string>> = {
  monitor: {
    name: 'pronounceable_name',
    expectedStatusCodes: 'expected_status_codes',
    keyword: 'required_keyword',
    frequency: 'check_frequency',
    regions: 'regions',
    requestTimeout: 'request_timeout',
    confirmationPeriod: 'confirmation_period',
    recoveryPeriod: 'recovery_period',
    verifyTls: 'verify_ssl',
    tlsExpiration: 'ssl_expiration',
    domainExpiration: 'domain_expiration',
    ...ALERT_FIELDS,
  } satisfies Partial<Record<keyof MonitorSpec, string>>,
  heartbeat: { name: 'name', period: 'period', grace: 'grace', ...ALERT_FIELDS } satisfies Partial<Record<keyof HeartbeatSpec, string>>,
};

/** What the API calls the name of a resource. */
export function nameField(kind: ResourceKind): string {
  return FIELDS[kind]['name'] ?? '';
}

/** What the file calls a field of the API's; the API's own name for one that it has no word for. */
export function fieldInFile(kind: ResourceKind, attribute: string): string {
  return Object.entries(FIELDS[kind]).find(([, name]) => name === attribute)?.[0] ?? attribute;
}

/** All that the file wants. Throws {@link UptimeFileError} while nobody has said where the app is. */
export function wantedResources(file: UptimeFile): Resource[] {
  const homeless = file.monitors.find(({ path }) => path !== undefined);
  if (file.url === undefined && homeless) throw new UptimeFileError([`url: is missing. Write where the app is in production: "url": "https://example.com"`]);
  return [
    ...file.monitors.map((monitor, index) => resourceOf('monitor', file.prefix, `monitors[${index}]`, monitor, { url: addressOf(monitor, file), monitor_type: typeOf(monitor), verify_ssl: true })),
    ...file.heartbeats.map((heartbeat, index) => resourceOf('heartbeat', file.prefix, `heartbeats[${index}]`, heartbeat, {})),
  ];
}

/** The address that a monitor asks. */
export function addressOf({ url, path = '' }: MonitorSpec, file: UptimeFile): string {
  return url ?? `${(file.url ?? '').replace(/\/+$/, '')}${path}`;
}

function typeOf({ keyword, expectedStatusCodes }: MonitorSpec): string {
  if (keyword !== undefined) return 'keyword';
  return expectedStatusCodes === undefined ? 'status' : 'expected_status_code';
}

/**
 * What the file does not say stays as it is at Better Stack; but for what would keep an alarm from anybody: somebody's
 * pause of last month, a certificate that is not looked at, a mail that is not sent.
 */
function resourceOf(kind: ResourceKind, prefix: string, place: string, spec: MonitorSpec | HeartbeatSpec, more: Attributes): Resource {
  const name = `${prefix}${spec.name}`;
  const attributes: Attributes = { ...more, paused: false, ...(spec.policy === undefined && { email: true }) };
  for (const [field, attribute] of Object.entries(FIELDS[kind])) {
    const value = (spec as unknown as Record<string, unknown>)[field];
    if (value !== undefined) attributes[attribute] = value;
  }
  attributes[nameField(kind)] = name;
  const env = (spec as HeartbeatSpec).env;
  return { kind, name, attributes, place, ...(env !== undefined && { env }) };
}
