import { baseAddress, flag, label, listOf, oneOf, path, text, variable, webAddress, wholeNumber, type Rule } from './fields';

/** Name of the file in the app that says what is monitored. */
export const UPTIME_FILE = 'uptime.json';

/** Whom Better Stack tells, and whether it looks at all. */
export interface Alerts {
  email?: boolean;
  call?: boolean;
  sms?: boolean;
  push?: boolean;
  /** Id of an escalation policy, in place of the four above. */
  policy?: string;
  paused?: boolean;
}

/** An address that is asked from outside. Periods are in seconds. */
export interface MonitorSpec extends Alerts {
  name: string;
  /** Behind the file's `url`; or `url`, for one elsewhere. */
  path?: string;
  url?: string;
  expectedStatusCodes?: number[];
  keyword?: string;
  frequency?: number;
  regions?: string[];
  requestTimeout?: number;
  confirmationPeriod?: number;
  recoveryPeriod?: number;
  verifyTls?: boolean;
  /** Days before a certificate, or the domain, runs out; -1 for no alert. */
  tlsExpiration?: number;
  domainExpiration?: number;
}

/** A call that has to come in time, from a job. */
export interface HeartbeatSpec extends Alerts {
  name: string;
  period: number;
  grace: number;
  /** Variable that the job reads its URL from. */
  env?: string;
}

export interface UptimeFile {
  /** What the names of ours begin with at Better Stack: nothing else is ever changed there. */
  prefix: string;
  /** Where the app is in production; undefined until somebody has said. */
  url?: string;
  monitors: MonitorSpec[];
  heartbeats: HeartbeatSpec[];
}

/** What is wrong with the file, each with its place: `uptime.json: monitors[1].frequency: …`. */
export class UptimeFileError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.map((problem) => `${UPTIME_FILE}: ${problem}`).join('\n'));
  }
}

/** A shorter one could be what the names of others begin with. */
const SHORTEST_PREFIX = 5;
const EXPIRATION = oneOf(-1, 1, 2, 3, 7, 14, 30, 60);
const ALERTS: Record<string, Rule> = { email: flag, call: flag, sms: flag, push: flag, policy: text, paused: flag };
const FILE: Record<string, Rule> = {
  $schema: text,
  prefix: (value) => text(value) ?? prefixProblem(String(value)),
  url: baseAddress,
  monitors: () => undefined,
  heartbeats: () => undefined,
};
const MONITOR: Record<string, Rule> = {
  name: label,
  path,
  url: webAddress,
  expectedStatusCodes: listOf(wholeNumber(100, 599)),
  keyword: text,
  frequency: wholeNumber(30, 86_400),
  regions: listOf(oneOf('us', 'eu', 'as', 'au')),
  requestTimeout: oneOf(2, 3, 5, 10, 15, 30, 45, 60),
  confirmationPeriod: wholeNumber(0),
  recoveryPeriod: wholeNumber(0),
  verifyTls: flag,
  tlsExpiration: EXPIRATION,
  domainExpiration: EXPIRATION,
  ...ALERTS,
};
const HEARTBEAT: Record<string, Rule> = { name: label, period: wholeNumber(30), grace: wholeNumber(0), env: variable, ...ALERTS };

/** `web` would be what `web-admin: health` begins with, so it ends in a sign that is in no name. */
function prefixProblem(value: string): string | undefined {
  if (value.replace(/[\p{Cc}\p{Cf}\s]/gu, '').length < SHORTEST_PREFIX) return `has to have at least ${SHORTEST_PREFIX} characters: what begins with it is ours to delete`;
  return /[:/|>\])]\s*$/.test(value) ? undefined : 'has to end in a sign, such as "web: ": what begins with it is ours to delete, and another name may go on';
}

/** Reads the text of an `uptime.json`. Throws {@link UptimeFileError} with all that is wrong with it. */
export function parseUptimeFile(content: string): UptimeFile {
  let value: unknown;
  try {
    value = JSON.parse(content.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new UptimeFileError([`it is not valid JSON (${(error as Error).message})`]);
  }
  const problems = problemsOf(value, '', FILE, ['prefix', 'monitors']);
  const file = (problems.length === 0 || isObject(value) ? value : {}) as Record<string, unknown>;
  const lists = { monitors: file['monitors'] ?? [], heartbeats: file['heartbeats'] ?? [] };
  for (const [name, list] of Object.entries(lists)) {
    if (!Array.isArray(list)) problems.push(`${name}: has to be a list`);
    else problems.push(...(name === 'monitors' ? monitorProblems(list) : heartbeatProblems(list)));
  }
  if (problems.length > 0) throw new UptimeFileError(problems);
  return { ...(file as object), ...lists } as UptimeFile;
}

function monitorProblems(monitors: unknown[]): string[] {
  const each = monitors.flatMap((monitor, index) => {
    const at = `monitors[${index}]`;
    const problems = problemsOf(monitor, at, MONITOR, ['name']);
    if (!isObject(monitor)) return problems;
    const has = (name: string): boolean => monitor[name] !== undefined;
    if (has('url') === has('path')) problems.push(`${at}: has to have either a path behind the file's url, or a url of its own`);
    if (has('keyword') && has('expectedStatusCodes')) problems.push(`${at}.keyword: Better Stack looks for a keyword or for status codes; a second monitor can look for the other`);
    return problems;
  });
  return [...each, ...twice(monitors, 'monitors', 'name')];
}

function heartbeatProblems(heartbeats: unknown[]): string[] {
  const each = heartbeats.flatMap((heartbeat, index) => problemsOf(heartbeat, `heartbeats[${index}]`, HEARTBEAT, ['name', 'period', 'grace']));
  return [...each, ...twice(heartbeats, 'heartbeats', 'name'), ...twice(heartbeats, 'heartbeats', 'env')];
}

function problemsOf(value: unknown, at: string, rules: Record<string, Rule>, required: readonly string[]): string[] {
  if (!isObject(value)) return [`${at && `${at}: `}has to be an object`];
  const place = (name: string): string => (at ? `${at}.${name}` : name);
  const problems = Object.entries(value).flatMap(([name, field]) => {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (!rule) return [`${place(name)}: is not known; there are ${Object.keys(rules).filter((known) => known !== '$schema').join(', ')}`];
    const complaint = rule(field);
    return complaint === undefined ? [] : [`${place(name)}: ${complaint}`];
  });
  for (const name of required) if (value[name] === undefined) problems.push(`${place(name)}: is missing`);
  const ignored = ['email', 'call', 'sms', 'push'].find((name) => value['policy'] !== undefined && value[name] !== undefined);
  if (ignored) problems.push(`${place(ignored)}: the policy decides who is told, and Better Stack ignores this`);
  return problems;
}

/** Better Stack knows what is ours by its name, and a variable holds one URL. */
function twice(list: readonly unknown[], at: string, field: string): string[] {
  const values = list.map((one) => (isObject(one) ? one[field] : undefined));
  return values.flatMap((value, index) => (value !== undefined && values.indexOf(value) < index ? [`${at}[${index}].${field}: is that of ${at}[${values.indexOf(value)}] as well`] : []));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
