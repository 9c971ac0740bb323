import { describe, expect, it } from 'vitest';
import { wantedResources } from './resources';
import { parseUptimeFile, UptimeFileError } from './uptime-file';

const GOOD = {
  prefix: 'nx-harden acme web: ',
  url: 'https://example.com/',
  monitors: [
    { name: 'home page', path: '/', frequency: 180, tlsExpiration: 14 },
    { name: 'health', path: '/api/health', expectedStatusCodes: [200], regions: ['eu', 'us'] },
    { name: 'shop', url: 'https://shop.example.com/a?b=c', keyword: 'Welcome', policy: '12', paused: true },
  ],
  heartbeats: [{ name: 'backup', period: 86400, grace: 17280, env: 'BACKUP_HEARTBEAT_URL' }],
};

interface Loose {
  [field: string]: unknown;
}
/** The good file, to be spoilt. */
interface LooseFile extends Loose {
  monitors: [Loose, Loose, Loose];
  heartbeats: [Loose];
}

/** The problems of the good file with something changed. */
function problems(change: (file: LooseFile) => void): readonly string[] {
  const file = structuredClone(GOOD) as unknown as LooseFile;
  change(file);
  try {
    parseUptimeFile(JSON.stringify(file));
  } catch (error) {
    if (error instanceof UptimeFileError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('an uptime.json', () => {
  it('is taken as it is, and becomes what the API calls it', () => {
    const [home, health, shop, backup] = wantedResources(parseUptimeFile(`\uFEFF${JSON.stringify(GOOD)}`));
    expect(home).toEqual({
      kind: 'monitor',
      name: 'nx-harden acme web: home page',
      place: 'monitors[0]',
      attributes: { pronounceable_name: 'nx-harden acme web: home page', url: 'https://example.com/', monitor_type: 'status', check_frequency: 180, ssl_expiration: 14, verify_ssl: true, email: true, paused: false },
    });
    expect(health?.attributes).toMatchObject({ url: 'https://example.com/api/health', monitor_type: 'expected_status_code', expected_status_codes: [200], regions: ['eu', 'us'] });
    expect(shop?.attributes).toEqual({ pronounceable_name: 'nx-harden acme web: shop', url: 'https://shop.example.com/a?b=c', monitor_type: 'keyword', required_keyword: 'Welcome', verify_ssl: true, policy_id: '12', paused: true });
    expect(backup).toMatchObject({ kind: 'heartbeat', env: 'BACKUP_HEARTBEAT_URL', attributes: { name: 'nx-harden acme web: backup', period: 86400, grace: 17280, email: true, paused: false } });
  });

  it.each<[string, (file: LooseFile) => void]>([
    ['monitors[1].frequency: has to be a whole number from 30 to 86400', (file) => (file.monitors[1].frequency = 5)],
    ['monitors[0].frequncy: is not known; there are name, path, url,', (file) => (file.monitors[0].frequncy = 60)],
    ['monitors[1].regions: has an entry that has to be one of us, eu, as, au', (file) => (file.monitors[1].regions = ['eu', 'mars'])],
    ['monitors[1].expectedStatusCodes: has to be a list with something in it', (file) => (file.monitors[1].expectedStatusCodes = [])],
    ['monitors[1].keyword: Better Stack looks for a keyword or for status codes', (file) => (file.monitors[1].keyword = 'ok')],
    ['monitors[0]: has to have either a path behind the file\'s url, or a url of its own', (file) => delete file.monitors[0].path],
    ['monitors[0].path: has to be a path that begins with one /', (file) => (file.monitors[0].path = '//evil.example')],
    ['monitors[2].url: holds a user name or a password', (file) => (file.monitors[2].url = 'https://me:secret@shop.example.com')],
    ['monitors[2].sms: the policy decides who is told', (file) => (file.monitors[2].sms = true)],
    ['monitors[1].name: is that of monitors[0] as well', (file) => (file.monitors[1].name = 'home page')],
    ['monitors[0].paused: has to be true or false', (file) => (file.monitors[0].paused = 'yes')],
    ['monitors[0].requestTimeout: has to be one of 2, 3, 5, 10, 15, 30, 45, 60', (file) => (file.monitors[0].requestTimeout = 7)],
    ['monitors[1]: has to be an object', (file) => Object.assign(file.monitors, { 1: 'home' })],
    ['monitors: has to be a list', (file) => Object.assign(file, { monitors: {} })],
    ['heartbeats[0].period: has to be a whole number from 30 on', (file) => (file.heartbeats[0].period = 10)],
    ['heartbeats[0].grace: is missing', (file) => delete file.heartbeats[0].grace],
    ['heartbeats[0].env: has to be the name of an environment variable', (file) => (file.heartbeats[0].env = 'A=B')],
    ['heartbeats[1].env: is that of heartbeats[0] as well', (file) => Object.assign(file, { heartbeats: [...file.heartbeats, { ...file.heartbeats[0], name: 'other' }] })],
    ['url: has to be an address such as https://example.com', (file) => (file['url'] = 'example.com')],
    ['prefix: has to have at least 5 characters: what begins with it is ours to delete', (file) => (file['prefix'] = 'web ')],
    ['prefix: has to end in a sign', (file) => (file['prefix'] = 'nx-harden acme web')],
    ['prefix: has to have at least 5 characters', (file) => (file['prefix'] = '\u200b\u200b\u200b\u200b\u200b: ')],
    ['url: has to be without white space', (file) => (file['url'] = ' https://example.com ')],
    ['monitors[0].name: has to be without white space around it', (file) => (file.monitors[0].name = 'home ')],
    ['prefix: is missing', (file) => delete file['prefix']],
    ['constructor: is not known', (file) => Object.assign(file, { constructor: 1 })],
  ])('says where it is wrong: %s', (problem, change) => {
    expect(problems(change)).toEqual([expect.stringContaining(`uptime.json: ${problem}`)]);
  });

  it('says all that is wrong at once', () => {
    expect(problems((file) => ((file.monitors[0].frequency = 1), (file.heartbeats[0].grace = -1)))).toHaveLength(2);
  });

  it.each(['', '{', '[]', '"text"', 'null', '{ "prefix": "nx-harden: ", "monitors": [] } # edited'])('does not take %s', (content) => {
    expect(() => parseUptimeFile(content)).toThrow(UptimeFileError);
  });

  it('may have no address yet, and then wants nothing of anybody', () => {
    const file = parseUptimeFile(JSON.stringify({ ...GOOD, url: undefined }));
    expect(() => wantedResources(file)).toThrow('uptime.json: url: is missing.');
    expect(wantedResources({ ...file, monitors: file.monitors.slice(2) })).toHaveLength(2);
  });
});
