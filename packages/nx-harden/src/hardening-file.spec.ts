import { describe, expect, it } from 'vitest';
import { fromRecordedPath, parseHardeningFile, printHardeningFile, toRecordedPath } from './hardening-file';

const RECORD = { version: '0.1.0', options: { b: 1, a: ['x'] }, files: {} };

describe('hardening.json', () => {
  it('is the same bytes for the same content, in whatever order it was built', () => {
    const one = printHardeningFile({ capabilities: { headers: RECORD, ci: RECORD }, shared: {} });
    const other = printHardeningFile({ shared: {}, capabilities: { ci: RECORD, headers: { ...RECORD, options: { a: ['x'], b: 1 } } } });
    expect(one).toBe(other);
    expect(parseHardeningFile(one, 'x')).toEqual({ capabilities: { ci: RECORD, headers: RECORD }, shared: {} });
  });

  it.each([
    ['{', 'web/hardening.json is not valid JSON'],
    ['[]', 'web/hardening.json has not the shape'],
    ['null', 'web/hardening.json has not the shape'],
    ['{"capabilities": {"ci": 1}}', 'web/hardening.json has not the shape'],
  ])('names itself when it cannot be read: %s', (text, message) => {
    expect(() => parseHardeningFile(text, 'web/hardening.json')).toThrow(message);
  });

  it.each([
    ['apps/web', 'apps/web/hardening/x.cjs', 'hardening/x.cjs'],
    ['apps/web', '.github/workflows/ci.yml', '{workspaceRoot}/.github/workflows/ci.yml'],
    ['apps/web', 'apps/web-admin/x', '{workspaceRoot}/apps/web-admin/x'],
    ['.', 'hardening/x.cjs', 'hardening/x.cjs'],
  ])('records paths so that the app can be moved: %s %s', (root, path, recorded) => {
    expect(toRecordedPath(root, path)).toBe(recorded);
    expect(fromRecordedPath(root, recorded)).toBe(path);
  });
});
