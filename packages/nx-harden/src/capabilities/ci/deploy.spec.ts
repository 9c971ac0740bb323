import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readNextApp } from '../../next-app';
import { fixtures, treeOf } from '../../testing/fixtures';
import { renderWorkflow } from './workflow';

interface Step {
  name: string;
  run?: string;
  env?: Record<string, string>;
}

const SECRETS: Record<string, string> = { VERCEL_TOKEN: 'the-token', VERCEL_ORG_ID: 'team_1', VERCEL_PROJECT_ID: 'prj_1', POSTGRES_URL: 'postgresql://real', PAYLOAD_SECRET: 'real', VERCEL_AUTOMATION_BYPASS_SECRET: 'the-bypass' };

let dir: string;
let server: Server;
let url: string;
/** What the new version answers, one request after the other; the last answer stays. */
let answers: { status: number; location?: string }[];
let requests: { path: string; bypass: unknown }[];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'nx-harden-deploy-'));
  answers = [{ status: 200 }];
  requests = [];
  server = createServer((request, response) => {
    const isElsewhere = request.headers.host?.startsWith('localhost') ?? false;
    requests.push({ path: `${request.url}`, bypass: request.headers['x-vercel-protection-bypass'] });
    // The login page of Vercel answers 200, whatever the app does.
    if (isElsewhere) return void response.writeHead(200).end('Log in');
    const { status, location } = (answers.length > 1 ? answers.shift() : answers[0]) ?? { status: 500 };
    return void response.writeHead(status, location === undefined ? {} : { location: location.replace('<elsewhere>', url.replace('127.0.0.1', 'localhost')) }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // Stands in for the CLI: notes how it was called, and which of the secrets it was given.
  program('vercel', `echo "$* | token=\${VERCEL_TOKEN-unset} db=\${POSTGRES_URL-unset} bucket=\${S3_BUCKET-unset}" >> "${dir}/calls"\nif [ "$1" = deploy ]; then echo "${url}"; fi`);
  program('npm', 'exit 0');
  program('pnpm', 'exit 0');
  program('sleep', 'exit 0');
});

afterEach(() => {
  server.close();
  rmSync(dir, { recursive: true });
});

function program(name: string, script: string): void {
  writeFileSync(join(dir, name), `#!/usr/bin/env bash\n${script}\n`);
  chmodSync(join(dir, name), 0o755);
}

/** Runs the steps of a deploy job of the Payload app, as GitHub does, with a CLI that only takes notes. */
async function deploy(job: string, secrets = SECRETS): Promise<{ failedAt?: string; output: string; calls: string[] }> {
  const fixture = fixtures.find(({ name }) => name.includes('Payload'));
  if (!fixture) throw new Error('no fixture is called Payload');
  const tree = treeOf(fixture);
  const app = readNextApp(tree);
  const { jobs } = parse(renderWorkflow(tree, 'CI', [{ app, options: { deploy: 'vercel' }, active: {} }])) as { jobs: Record<string, { env: Record<string, string>; steps: Step[] }> };
  const outputFile = join(dir, 'outputs');
  writeFileSync(outputFile, '');
  let output = '';
  let failedAt: string | undefined;
  for (const step of (jobs[job]?.steps ?? []).filter(({ run }) => run !== undefined)) {
    const fill = (text: string): string =>
      text
        .replace(/\$\{\{ (?:secrets|vars)\.(\w+) \}\}/g, (_, name: string) => secrets[name] ?? '')
        .replace('${{ steps.deploy.outputs.url }}', readFileSync(outputFile, 'utf-8').match(/^url=(.*)$/m)?.[1] ?? '')
        .replace('${{ github.head_ref }}', '$(touch pwned)');
    const env = Object.fromEntries(Object.entries({ ...jobs[job]?.env, ...step.env }).map(([name, value]) => [name, fill(value)]));
    const { code, text } = await bash(step.run ?? '', { ...env, GITHUB_OUTPUT: outputFile, GITHUB_STEP_SUMMARY: join(dir, 'summary') });
    output += text;
    if (code === 0) continue;
    failedAt = step.name;
    break;
  }
  const calls = existsSync(join(dir, 'calls')) ? readFileSync(join(dir, 'calls'), 'utf-8').trim().split('\n') : [];
  return { failedAt, output, calls };
}

function bash(script: string, env: Record<string, string>): Promise<{ code: number; text: string }> {
  return new Promise((resolve) => {
    execFile('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], { cwd: dir, env: { PATH: [dir, process.env['PATH']].join(delimiter), ...env } }, (error, stdout, stderr) =>
      resolve({ code: error ? 1 : 0, text: stdout + stderr }),
    );
  });
}

describe('the production job', () => {
  it('promotes what answered, and not before', async () => {
    const { failedAt, calls } = await deploy('production');
    expect(failedAt).toBeUndefined();
    expect(calls.map((call) => call.split(' |')[0])).toEqual([
      'pull --yes --environment=production',
      'build --prod',
      'deploy --prebuilt --prod --skip-domain --archive=tgz',
      `promote ${url} --yes --timeout=10m`,
    ]);
    expect(requests).toEqual([{ path: '/', bypass: 'the-bypass' }]);
  });

  it.each([
    ['answers 500', [{ status: 500 }]],
    ['asks for a login', [{ status: 401 }]],
    ['sends to the login page of another host, which answers 200', [{ status: 302, location: '<elsewhere>/login' }]],
    ['turns in a circle', [{ status: 307, location: '/' }]],
  ])('never promotes a version that %s', async (_, given) => {
    answers = given;
    const { failedAt, output, calls } = await deploy('production');
    expect(failedAt).toBe('Test it before anyone sees it');
    expect(output).toContain('::error::');
    expect(calls.join()).not.toContain('promote');
    expect(requests.map(({ path }) => path)).not.toContain('/login');
  });

  it('waits for a version that is slow to come up, and follows a redirect on its own host', async () => {
    answers = [{ status: 503 }, { status: 307, location: '/en' }, { status: 200 }];
    expect((await deploy('production')).failedAt).toBeUndefined();
    expect(requests.map(({ path }) => path)).toEqual(['/', '/', '/en']);
  });

  it('sends no header without a bypass secret', async () => {
    await deploy('production', { ...SECRETS, VERCEL_AUTOMATION_BYPASS_SECRET: '' });
    expect(requests).toEqual([{ path: '/', bypass: undefined }]);
  });
});

describe.each(['preview', 'production'])('the %s job', (job) => {
  it('gives the build its secrets without the token, and leaves out what is not set', async () => {
    const { calls } = await deploy(job);
    expect(calls.find((call) => call.startsWith('build'))).toMatch(/token=unset db=postgresql:\/\/real bucket=unset$/);
    for (const call of calls.filter((one) => !one.startsWith('build'))) expect(call).toMatch(/token=the-token db=unset bucket=unset$/);
    for (const call of calls) expect(call.split(' |')[0]).not.toMatch(/the-token|the-bypass/);
  });

  it('says which secret is missing, and where to set it', async () => {
    const { failedAt, output, calls } = await deploy(job, { ...SECRETS, VERCEL_TOKEN: '' });
    expect(failedAt).toBe("Get the project's settings");
    expect(output).toContain(`Set the secret VERCEL_TOKEN in the environment ${job}`);
    expect(calls).toEqual([]);
  });
});

it('hands the name of a branch over as text', async () => {
  const { calls } = await deploy('preview');
  expect(calls[0]).toContain('--git-branch=$(touch pwned)');
  expect(existsSync(join(dir, 'pwned'))).toBe(false);
});
