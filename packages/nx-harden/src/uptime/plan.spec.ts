import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makePlan, type Change, type Present } from './plan';
import { describeChange, printPlan } from './print-plan';
import { wantedResources, type Attributes } from './resources';
import { parseUptimeFile, type UptimeFile } from './uptime-file';

const PREFIX = 'nx-harden acme web: ';
const fileOf = (part: Partial<UptimeFile>): UptimeFile => ({ prefix: PREFIX, url: 'https://example.com', monitors: [], heartbeats: [], ...part });
const planOf = (file: UptimeFile, present: readonly Present[]) => makePlan(wantedResources(file), present, file.prefix);

/** What Better Stack has after a change. It tells `paused_at` where it takes `paused`. */
function afterChange(present: readonly Present[], change: Change, id: string): Present[] {
  const stored = ({ paused, ...rest }: Attributes): Attributes => ({ ...rest, ...(paused !== undefined && { paused_at: paused ? '2026-11-24' : null }) });
  if (change.action === 'create') return [...present, { kind: change.resource.kind, id, name: change.resource.name, attributes: { check_frequency: 180, sms: false, ...stored(change.resource.attributes) } }];
  if (change.action === 'delete') return present.filter((one) => one !== change.present);
  const fields = Object.fromEntries(change.fields.map(({ attribute, to }) => [attribute, to]));
  return present.map((one) => (one.id === change.id && one.kind === change.resource.kind ? { ...one, attributes: { ...one.attributes, ...stored(fields) } } : one));
}

const name = fc.constantFrom('home page', 'health', 'shop', 'ä "quoted"', 'constructor');
const alerts = fc.oneof(
  fc.record({ email: fc.boolean(), sms: fc.boolean(), call: fc.boolean(), push: fc.boolean(), paused: fc.boolean() }, { requiredKeys: [] }),
  fc.record({ policy: fc.constantFrom('1', '22'), paused: fc.boolean() }, { requiredKeys: ['policy'] }),
);
const looks = fc.oneof(fc.record({ keyword: fc.constantFrom('ok', 'Welcome') }), fc.record({ expectedStatusCodes: fc.uniqueArray(fc.integer({ min: 200, max: 503 }), { minLength: 1, maxLength: 4 }) }), fc.constant({}));
const monitor = fc
  .tuple(
    fc.record({ name, path: fc.constantFrom('/', '/api/health') }),
    fc.record(
      { frequency: fc.constantFrom(30, 60, 180), regions: fc.shuffledSubarray(['us', 'eu', 'as', 'au'], { minLength: 1 }), requestTimeout: fc.constantFrom(2, 15, 60), confirmationPeriod: fc.nat(300), recoveryPeriod: fc.nat(300), verifyTls: fc.boolean(), tlsExpiration: fc.constantFrom(-1, 1, 14), domainExpiration: fc.constantFrom(-1, 7, 60) },
      { requiredKeys: [] },
    ),
    looks,
    alerts,
  )
  .map(([one, more, looked, told]) => ({ ...one, ...more, ...looked, ...told }));
const heartbeat = fc.tuple(fc.record({ name, period: fc.integer({ min: 30, max: 1e6 }), grace: fc.nat(1e5) }), alerts).map(([one, told]) => ({ ...one, ...told }));
const file = fc.record({
  monitors: fc.uniqueArray(monitor, { selector: (one) => one.name, maxLength: 5 }),
  heartbeats: fc.uniqueArray(heartbeat, { selector: (one) => one.name, maxLength: 5 }),
});

it('shows no password of an address, and nothing that a terminal obeys', () => {
  const changes: Change[] = [
    { action: 'delete', present: { kind: 'monitor', id: '1', name: 'old\u001b[31m\u202e', attributes: {} } },
    { action: 'update', id: '2', resource: { kind: 'monitor', name: 'x', attributes: {}, place: '' }, fields: [{ attribute: 'url', from: 'https://user:s3cret@a.example/x', to: 'https://a.example/x' }] },
  ];
  expect(changes.map(describeChange)).toEqual(['- monitor "old [31m"', '~ monitor "x": url "https://***@a.example/x" → "https://a.example/x"']);
});

describe('a plan', () => {
  it('that is done leaves nothing to plan, whatever was there before and wherever it was interrupted', () => {
    fc.assert(
      fc.property(file, file, fc.nat(10), (before, wanted, interrupted) => {
        // What the generator of examples makes is a file that is taken.
        const target = parseUptimeFile(JSON.stringify(fileOf(wanted)));
        let present: Present[] = [{ kind: 'monitor', id: 'theirs', name: 'theirs', attributes: { url: 'https://example.com' } }];
        let id = 0;
        for (const change of planOf(fileOf(before), present).changes) present = afterChange(present, change, `id-${id++}`);
        for (const change of planOf(target, present).changes.slice(0, interrupted)) present = afterChange(present, change, `id-${id++}`);
        for (const change of planOf(target, present).changes) present = afterChange(present, change, `id-${id++}`);
        const { changes, unchanged } = planOf(target, present);
        expect(changes).toEqual([]);
        expect(unchanged).toBe(wanted.monitors.length + wanted.heartbeats.length);
        expect(present.filter(({ id: one }) => one === 'theirs')).toHaveLength(1);
        expect(present).toHaveLength(unchanged + 1);
      }),
      { numRuns: 300 },
    );
  });

  const home = { name: 'home page', path: '/' };
  const stored = (attributes: Attributes = {}, id = '1', label = `${PREFIX}home page`): Present => ({ kind: 'monitor', id, name: label, attributes: { url: 'https://example.com/', monitor_type: 'status', pronounceable_name: label, verify_ssl: true, email: true, paused_at: null, ...attributes } });

  it('touches nothing whose name begins otherwise', () => {
    const others = ['home page', 'nx-harden acme: home page', 'nx-harden acme webshop: home page', 'NX-HARDEN ACME WEB: home page'].map((label, index) => stored({}, String(index), label));
    const { changes } = planOf(fileOf({ monitors: [] }), others);
    expect(changes).toEqual([]);
  });

  it('names what differs, and only what the file says', () => {
    const plan = planOf(fileOf({ monitors: [{ ...home, frequency: 60, regions: ['eu', 'us'] }] }), [stored({ check_frequency: 180, regions: ['us', 'eu'], sms: true, recovery_period: 5 })]);
    expect(printPlan(plan)).toBe(`  ~ monitor "${PREFIX}home page": frequency 180 → 60\n0 to create, 1 to update, 0 to delete, 0 unchanged.`);
  });

  it.each<[string, Attributes, string]>([
    ['a pause that somebody forgot', { paused_at: '2026-10-01T00:00:00Z' }, 'paused true → false'],
    ['certificates that are not looked at', { verify_ssl: false }, 'verifyTls false → true'],
    ['a mail that is not sent', { email: null }, 'email null → true'],
  ])('sees %s, although the file says nothing of it', (_, attributes, said) => {
    const [change] = planOf(fileOf({ monitors: [home] }), [stored(attributes)]).changes;
    expect(change && describeChange(change)).toContain(said.replace('null', 'unset'));
  });

  it.each<[string, Attributes, object]>([
    ['a slash behind the host', { url: 'https://example.com' }, home],
    ['an alert that is off', { ssl_expiration: null }, { ...home, tlsExpiration: -1 }],
    ['a policy as a number', { policy_id: 12, email: false }, { ...home, policy: '12' }],
    ['codes in another order', { monitor_type: 'expected_status_code', expected_status_codes: [204, 200] }, { ...home, expectedStatusCodes: [200, 204] }],
  ])('takes what means the same for the same: %s', (_, attributes, monitor) => {
    expect(planOf(fileOf({ monitors: [monitor as typeof home] }), [stored(attributes)]).changes).toEqual([]);
  });

  it('deletes the second of two that were made by one request', () => {
    const { changes, unchanged } = planOf(fileOf({ monitors: [home] }), [stored(), stored({}, '2')]);
    expect(changes).toEqual([{ action: 'delete', present: expect.objectContaining({ id: '2' }) }]);
    expect(unchanged).toBe(1);
  });

  it('has what is new look before what is old stops looking', () => {
    const { changes } = planOf(fileOf({ monitors: [{ name: 'start', path: '/' }] }), [stored()]);
    expect(changes.map(({ action }) => action)).toEqual(['create', 'delete']);
  });
});
