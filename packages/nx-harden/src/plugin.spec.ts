import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNodes, createNodesV2 } from './plugin';

describe('the inferred plugin', () => {
  let workspaceRoot: string;
  beforeEach(() => {
    workspaceRoot = mkdtempSync(join(tmpdir(), 'nx-harden-plugin-'));
    mkdirSync(join(workspaceRoot, 'apps/web'), { recursive: true });
    writeFileSync(join(workspaceRoot, 'apps/web/hardening.json'), '{ "capabilities": {} }');
  });
  afterEach(() => rmSync(workspaceRoot, { recursive: true }));

  const infer = (options?: { auditTargetName?: string }) =>
    createNodesV2[1](['apps/web/hardening.json'], options, { workspaceRoot, nxJsonConfiguration: {} });

  it('gives an app with a hardening.json its cached audit target', async () => {
    const [[file, { projects }]] = (await infer()) as never as [[string, { projects: Record<string, { targets: Record<string, { executor: string; cache: boolean }> }> }]];
    expect(file).toBe('apps/web/hardening.json');
    expect(projects['apps/web']?.targets['audit']).toMatchObject({ executor: '@chronos/nx-harden:audit', cache: true });
  });

  it('calls the target as the options say', async () => {
    expect(JSON.stringify(await infer({ auditTargetName: 'check-up' }))).toContain('"check-up"');
  });

  it('is the same under both names that Nx looks for', () => {
    expect(createNodes).toBe(createNodesV2);
    expect(createNodes[0]).toBe('**/hardening.json');
  });

  it('says which hardening.json is broken', async () => {
    writeFileSync(join(workspaceRoot, 'apps/web/hardening.json'), '{ broken');
    await expect(infer()).rejects.toThrow('apps/web/hardening.json is not valid JSON');
  });
});
