import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { describe, expect, it } from 'vitest';
import { isPluginRegistered, registerPlugin, unregisterPlugin } from './nx-json';
import { addDependencies, addScripts, removeDependencies, removeScripts } from './package-json';

function treeWith(path: string, content: string) {
  const tree = createTreeWithEmptyWorkspace();
  tree.write(path, content);
  return tree;
}

const NX_JSONS = {
  'no plugins': '{\n  "analytics": false\n}\n',
  'an array of lines': '{\n  "plugins": [\n    {\n      "plugin": "@nx/js"\n    },\n    "@nx/eslint"\n  ],\n  "x": 1\n}\n',
  'an array in one line': '{ "plugins": ["@nx/js"], "x": [1, 2] }\n',
  'comments and tabs': '{\n\t// ours\n\t"plugins": [\n\t\t"@nx/js" // first\n\t]\n}\n',
  'Windows line ends': '{\r\n    "plugins": [\r\n        "@nx/js"\r\n    ]\r\n}\r\n',
};

describe('the registration in nx.json', () => {
  it.each(Object.entries(NX_JSONS))('comes and goes without a trace: %s', (_, content) => {
    const tree = treeWith('nx.json', content);
    registerPlugin(tree);
    expect(isPluginRegistered(tree)).toBe(true);
    const once = tree.read('nx.json', 'utf-8');
    registerPlugin(tree);
    expect(tree.read('nx.json', 'utf-8')).toBe(once);
    unregisterPlugin(tree);
    expect(tree.read('nx.json', 'utf-8')).toBe(content);
  });

  it('is written in the layout of the array', () => {
    const tree = treeWith('nx.json', NX_JSONS['an array of lines']);
    registerPlugin(tree);
    expect(tree.read('nx.json', 'utf-8')).toContain('    "@nx/eslint",\n    "@chronos/nx-harden"\n  ],');
  });

  it('is recognised with options, and taken out from the front', () => {
    const tree = treeWith('nx.json', '{ "plugins": [{ "plugin": "@chronos/nx-harden", "options": { "auditTargetName": "check" } }, "@nx/js"] }\n');
    registerPlugin(tree);
    expect(tree.read('nx.json', 'utf-8')?.match(/nx-harden/g)).toHaveLength(1);
    unregisterPlugin(tree);
    expect(tree.read('nx.json', 'utf-8')).toBe('{ "plugins": ["@nx/js"] }\n');
  });

  it('names the line of what is not JSON', () => {
    expect(() => registerPlugin(treeWith('nx.json', '{\n  "plugins": [\n'))).toThrow(/nx\.json is not valid JSON: .* in line/);
  });
});

describe('package.json', () => {
  const MANIFESTS = {
    'with dependencies': '{\n  "name": "web",\n  "dependencies": {\n    "next": "16.4.6"\n  }\n}\n',
    'without, tabs': '{\n\t"name": "web"\n}\n',
  };

  it.each(Object.entries(MANIFESTS))('takes dependencies and scripts, and gives them back: %s', (_, content) => {
    const tree = treeWith('apps/web/package.json', content);
    const names = addDependencies(tree, 'apps/web/package.json', 'dependencies', { pg: '^8.20.0' });
    const scripts = addScripts(tree, 'apps/web/package.json', { test: 'nx test web' });
    expect(JSON.parse(tree.read('apps/web/package.json', 'utf-8') ?? '')).toMatchObject({ dependencies: { pg: '^8.20.0' }, scripts: { test: 'nx test web' } });
    removeDependencies(tree, 'apps/web/package.json', names);
    removeScripts(tree, 'apps/web/package.json', scripts);
    expect(tree.read('apps/web/package.json', 'utf-8')).toBe(content);
  });

  it('writes a line for each, as formatters do, where the file has lines', () => {
    const tree = treeWith('package.json', '{\n  "name": "web",\n  "scripts": {}\n}\n');
    addDependencies(tree, 'package.json', 'devDependencies', { pg: '^8.20.0', vite: '^8.0.0' });
    addScripts(tree, 'package.json', { test: 'nx test web' });
    expect(tree.read('package.json', 'utf-8')).toBe(
      '{\n  "name": "web",\n  "scripts": {\n    "test": "nx test web"\n  },\n  "devDependencies": {\n    "pg": "^8.20.0",\n    "vite": "^8.0.0"\n  }\n}\n',
    );
    removeDependencies(tree, 'package.json', ['pg', 'vite']);
    removeScripts(tree, 'package.json', ['test'], { keepEmpty: true });
    expect(tree.read('package.json', 'utf-8')).toBe('{\n  "name": "web",\n  "scripts": {}\n}\n');
  });

  it("leaves the team's own version and script alone", () => {
    const content = '{ "devDependencies": { "pg": "8.0.0" }, "scripts": { "test": "mine" } }\n';
    const tree = treeWith('package.json', content);
    expect(addDependencies(tree, 'package.json', 'dependencies', { pg: '^8.20.0' })).toEqual([]);
    expect(addScripts(tree, 'package.json', { test: 'ours' })).toEqual([]);
    expect(tree.read('package.json', 'utf-8')).toBe(content);
  });

  it('says which manifest is not there', () => {
    expect(() => addDependencies(createTreeWithEmptyWorkspace(), 'apps/no/package.json', 'dependencies', { pg: '1' })).toThrow('apps/no/package.json not found: cannot add pg.');
  });
});
