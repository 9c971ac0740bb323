import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tree } from '@nx/devkit';
import { describeNextApp } from '../next-app';
import { renderNextConfigFiles } from '../next-config/render';
import { isNextConfigWrapped, unwrapNextConfig, wrapNextConfig } from './next-config';

const FIXTURES = join(__dirname, '__fixtures__/next-config');
const NEXT = dirname(require.resolve('next/package.json'));

interface Case {
  name: string;
  extension: string;
  input: string;
}

function cases(kind: 'input' | 'manual'): Case[] {
  return readdirSync(FIXTURES)
    .map((file) => new RegExp(`^(.+)\\.${kind}\\.(\\w+)$`).exec(file))
    .filter((match) => match !== null)
    .map(([file, name = '', extension = '']) => ({ name, extension, input: readFileSync(join(FIXTURES, file), 'utf-8') }));
}

function treeWith({ extension, input }: Case): { tree: Tree; file: string } {
  const tree = createTreeWithEmptyWorkspace();
  const file = `web/next.config.${extension}`;
  tree.write('web/package.json', '{ "name": "web", "dependencies": { "next": "16.4.6" } }');
  tree.write(file, input);
  return { tree, file };
}

const app = (tree: Tree) => describeNextApp(tree, { name: 'web', root: 'web' });
const outputOf = (one: Case): string => {
  const { tree, file } = treeWith(one);
  wrapNextConfig(tree, app(tree));
  return tree.read(file, 'utf-8') ?? '';
};

describe('the wrap of the Next config', () => {
  it('has at least forty shapes to cope with', () => expect(cases('input').length).toBeGreaterThanOrEqual(40));

  describe.each(cases('input'))('$name', (one) => {
    it('is the expected text', () => {
      expect(outputOf(one)).toBe(readFileSync(join(FIXTURES, `${one.name}.output.${one.extension}`), 'utf-8'));
    });

    it('is found, is done once, and is undone byte for byte', () => {
      const { tree, file } = treeWith(one);
      expect(isNextConfigWrapped(tree, app(tree))).toBe(false);
      expect(wrapNextConfig(tree, app(tree))).toEqual({ status: 'changed' });
      expect(isNextConfigWrapped(tree, app(tree))).toBe(true);
      const wrapped = tree.read(file, 'utf-8');
      expect(wrapNextConfig(tree, app(tree))).toEqual({ status: 'unchanged' });
      expect(tree.read(file, 'utf-8')).toBe(wrapped);
      expect(unwrapNextConfig(tree, app(tree))).toEqual({ status: 'changed' });
      expect(tree.read(file, 'utf-8')).toBe(one.input);
      expect(unwrapNextConfig(tree, app(tree))).toEqual({ status: 'unchanged' });
    });

    it('is undone around what the team has changed in between', () => {
      const exportLine = /^(export |module\.exports|exports)/m;
      const comment = exportLine.test(one.input) ? '// The team writes here.\n' : '';
      const edit = (text: string) => text.replaceAll('true', 'false').replaceAll('phase', 'stage').replace(exportLine, `${comment}$1`);
      const { tree, file } = treeWith({ ...one, input: edit(outputOf(one)) });
      expect(unwrapNextConfig(tree, app(tree))).toEqual({ status: 'changed' });
      expect(tree.read(file, 'utf-8')).toBe(edit(one.input));
    });
  });

  it.each(cases('manual'))('leaves $name to a person, and the file alone', (one) => {
    const { tree, file } = treeWith(one);
    const result = wrapNextConfig(tree, app(tree));
    expect(result).toMatchObject({ status: 'manual', step: { file } });
    expect(JSON.stringify(result)).toContain('hardening/next-config.cjs');
    expect(tree.read(file, 'utf-8')).toBe(one.input);
  });

  it.each([
    ['re-exported', "import { withHardening } from './hardening/next-config.cjs';\nimport config from './config.mjs';\n\nexport default withHardening(config);"],
    ['re-exported-as', "import { withHardening } from './hardening/next-config.cjs';\nimport { nextConfig } from './config.mjs';\n\nexport default withHardening(nextConfig);"],
    ['changed-after-default', "import { withHardening } from './hardening/next-config.cjs';\n\nexport default withHardening(config);"],
    ['set-in-a-function', "const { withHardening } = require('./hardening/next-config.cjs');\n\nmodule.exports = withHardening(nextConfig);"],
  ])('names the lines for the very file: %s', (name, lines) => {
    const [one] = cases('manual').filter((manual) => manual.name === name);
    if (!one) throw new Error(`There is no fixture ${name}.`);
    const { tree } = treeWith(one);
    expect(wrapNextConfig(tree, app(tree))).toMatchObject({ step: { lines } });
  });

  it('leaves next.config.cjs to a person, since Next never loads it', () => {
    const { tree } = treeWith({ name: '', extension: 'cjs', input: 'module.exports = {};\n' });
    expect(wrapNextConfig(tree, app(tree))).toMatchObject({ status: 'manual', step: { why: expect.stringContaining('Rename it to next.config.js') } });
  });

  it('makes a config where there is none, and takes it away again', () => {
    const { tree, file } = treeWith({ name: '', extension: 'mjs', input: '' });
    tree.delete(file);
    wrapNextConfig(tree, app(tree));
    expect(app(tree).configFile).toBe('web/next.config.mjs');
    unwrapNextConfig(tree, app(tree), { isOurs: true });
    expect(app(tree).configFile).toBeUndefined();
  });

  it.each([
    ['16.4.6', 'web/next.config.ts'],
    ['14.2.30', 'web/next.config.mjs'],
  ])('makes one in the language that Next %s loads', (version, expected) => {
    const tree = createTreeWithEmptyWorkspace();
    tree.write('web/package.json', JSON.stringify({ name: 'web', dependencies: { next: version } }));
    tree.write('web/tsconfig.json', '{}');
    wrapNextConfig(tree, app(tree));
    expect(app(tree).configFile).toBe(expected);
  });

  const SEAM = "import { withHardening } from './hardening/next-config.cjs';\n";
  it.each([
    ['under another name', "import { withHardening as harden } from './hardening/next-config.cjs';\nexport default harden({});\n"],
    ['within another wrapper', `${SEAM}export default withX(withHardening({}));\n`],
    ['by a variable', `${SEAM}const config = withHardening({});\nexport default config;\n`],
    ['in a chain', `${SEAM}export default compose(withHardening)({});\n`],
  ])('is seen %s, and not done again', (_, input) => {
    const { tree, file } = treeWith({ name: '', extension: 'mjs', input });
    expect(wrapNextConfig(tree, app(tree))).toEqual({ status: 'unchanged' });
    expect(isNextConfigWrapped(tree, app(tree))).toBe(true);
    expect(tree.read(file, 'utf-8')).toBe(input);
  });

  it('is not put around a config that may have it already', () => {
    const input = "const hardening = require('./hardening/next-config.cjs');\nmodule.exports = hardening.withHardening({});\n";
    const { tree, file } = treeWith({ name: '', extension: 'js', input });
    expect(wrapNextConfig(tree, app(tree))).toMatchObject({ status: 'manual' });
    expect(tree.read(file, 'utf-8')).toBe(input);
  });

  it('is undone within another wrapper, which came later', () => {
    const { tree, file } = treeWith({ name: '', extension: 'mjs', input: `${SEAM}\nexport default withX(withHardening({}), 1);\n` });
    expect(unwrapNextConfig(tree, app(tree))).toEqual({ status: 'changed' });
    expect(tree.read(file, 'utf-8')).toBe('export default withX({}, 1);\n');
  });

  it('is left alone where undoing it would leave its name behind', () => {
    const input = `${SEAM}\nexport default compose(withHardening)({});\n`;
    const { tree, file } = treeWith({ name: '', extension: 'mjs', input });
    expect(unwrapNextConfig(tree, app(tree))).toMatchObject({ status: 'manual', step: { lines: expect.stringContaining('compose(withHardening)') } });
    expect(tree.read(file, 'utf-8')).toBe(input);
  });

  it('is undone also after a formatter and the team have been over the file', () => {
    const { tree, file } = treeWith({ name: '', extension: 'mjs', input: '' });
    tree.write(file, "import { withHardening } from './hardening/next-config.cjs';\nimport a from 'a';\n\nexport default withHardening(\n  a({\n    trailingSlash: false,\n  }),\n);\n");
    expect(unwrapNextConfig(tree, app(tree))).toEqual({ status: 'changed' });
    expect(tree.read(file, 'utf-8')).toBe("import a from 'a';\n\nexport default a({\n    trailingSlash: false,\n  });\n");
  });
});

describe('as Next itself loads it', () => {
  const policy = { securityHeaders: [{ key: 'X-Content-Type-Options', value: 'nosniff' }], images: { formats: ['image/avif', 'image/webp'] }, optimizePackageImports: ['radix-ui'] };
  const STUBS: Record<string, string> = {
    '@nx/next/index.js': 'exports.withNx = (config) => { const { nx, ...rest } = config; return rest; };\nexports.composePlugins = (...plugins) => (config) => async (phase, context) => { for (const plugin of plugins) config = await plugin(config); return config; };',
    '@sentry/nextjs/config.js': 'exports.withSentryConfig = (config) => ({ ...config, productionBrowserSourceMaps: true });',
    '@next/bundle-analyzer/index.js': 'module.exports = () => (config = {}) => ({ ...config });',
    '@next/mdx/index.js': 'module.exports = () => (config = {}) => ({ ...config, pageExtensions: [...(config.pageExtensions ?? ["tsx"]), "md"] });',
    '@payloadcms/next/package.json': '{ "exports": { "./withPayload": "./withPayload.js" } }',
    '@payloadcms/next/withPayload.js': 'exports.withPayload = (config = {}) => ({ ...config, env: { PAYLOAD: "1" }, headers: async () => [...((await config.headers?.()) ?? []), { source: "/:path*", headers: [{ key: "Accept-CH", value: "x" }, { key: "X-Powered-By", value: "Next.js, Payload" }] }] });',
    '@opennextjs/cloudflare/index.js': 'exports.initOpenNextCloudflareForDev = () => undefined;',
    '@sentry/nextjs/package.json': '{ "exports": { "./config": "./config.js" } }',
    'next-intl/package.json': '{ "exports": { "./plugin": "./plugin.js" } }',
    'next-intl/plugin.js': 'module.exports = () => (config) => ({ ...config, env: { INTL: "1" } });',
  };
  const all = cases('input');
  let dir: string;
  const at = (one: Case, side: string): string => join(dir, side, one.name);

  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'nx-harden-config-'));
    mkdirSync(join(dir, 'node_modules'), { recursive: true });
    symlinkSync(NEXT, join(dir, 'node_modules/next'));
    for (const [file, content] of Object.entries(STUBS)) put(join(dir, 'node_modules', file), content);
    for (const one of all) {
      for (const [side, text] of [['input', one.input], ['output', outputOf(one)]] as const) {
        put(join(at(one, side), `next.config.${one.extension}`), text);
        put(join(at(one, side), 'package.json'), '{}');
        put(join(at(one, side), 'env.mjs'), "process.env.FIXTURE_SEEN = 'yes';\n");
        put(join(at(one, side), 'own.mjs'), 'export const withHardening = (config) => ({ ...config, trailingSlash: true });\n');
      }
      for (const [name, content] of Object.entries(renderNextConfigFiles(policy))) put(join(at(one, 'output'), 'hardening', name), content);
    }
  }, 60_000);
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it.each(['phase-production-build', 'phase-development-server'])('comes to the same config and ours, in %s', { timeout: 120_000 }, (phase) => {
    const inputs = load(phase, all.map((one) => at(one, 'input')));
    const outputs = load(phase, all.map((one) => at(one, 'output')));
    all.forEach((one, index) => {
      const [input, output] = [inputs[index], outputs[index]];
      if (!input || !output) throw new Error(`${one.name} was not loaded`);
      const { headers: headersBefore, ...before } = input;
      const { headers: headersAfter, ...after } = output;
      const ours = before['output'] === 'export' ? [] : [{ source: '/:path*', headers: policy.securityHeaders }];
      expect(headersAfter, one.name).toEqual([...ours, ...headersBefore.map(withoutPoweredBy)]);
      const ownFormats = one.input.includes('formats:');
      expect(after, one.name).toEqual({
        ...before,
        poweredByHeader: false,
        images: { ...(before['images'] as object), formats: ownFormats ? ['image/webp'] : policy.images.formats },
        experimental: { ...(before['experimental'] as object), optimizePackageImports: expect.arrayContaining(['radix-ui', ...(one.input.includes('my-icons') ? ['my-icons'] : [])]) },
      });
    });
  });

  interface Rule {
    headers: { key: string }[];
  }

  function load(phase: string, dirs: string[]): ({ headers: Rule[] } & Record<string, unknown>)[] {
    const script = join(__dirname, '__fixtures__/load-configs.cjs');
    const output = execFileSync(process.execPath, [script, phase, ...dirs], { encoding: 'utf-8', env: { ...process.env, NODE_ENV: 'production' }, maxBuffer: 64e6 });
    return output.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line.replaceAll('/output/', '/input/')));
  }
});

function withoutPoweredBy<Rule extends { headers: { key: string }[] }>(rule: Rule): Rule {
  return { ...rule, headers: rule.headers.filter(({ key }) => key !== 'X-Powered-By') };
}

function put(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
