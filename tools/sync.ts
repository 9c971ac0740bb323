/**
 * Writes all that derives from the registry and the schemas: `pnpm sync`. With `--check` it writes nothing and fails
 * when something is stale, which is what the tests run.
 */
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { applyEdits, modify, type JSONPath } from 'jsonc-parser';
import { compile } from 'json-schema-to-typescript';
import { format } from 'prettier';
import { capabilities } from '../packages/nx-harden/src/registry';
import { protectionsTable } from './protections-table';

const root = join(import.meta.dirname, '..');
const packageDir = join(root, 'packages/nx-harden');
const sourceDir = join(packageDir, 'src');
const isCheck = process.argv.includes('--check');
const stale: string[] = [];

function put(path: string, content: string): void {
  const present = existsSync(path) ? readFileSync(path, 'utf-8') : undefined;
  if (present === content) return;
  stale.push(relative(root, path));
  if (!isCheck) writeFileSync(path, content);
}

function readSchema(path: string): Record<string, unknown> & { description: string } {
  return JSON.parse(readFileSync(path, 'utf-8'));
}

/** Sets values in a JSON file and leaves its layout as it is written. */
function putValues(path: string, values: [JSONPath, unknown][]): void {
  const set = (text: string, [location, value]: [JSONPath, unknown]): string =>
    applyEdits(text, modify(text, location, value, { formattingOptions: { insertSpaces: true, tabSize: 2 } }));
  put(path, values.reduce(set, readFileSync(path, 'utf-8')));
}

/** The schema's options as a type. Nx's own `x-` keys say nothing about types. */
async function putTypes(schemaPath: string): Promise<void> {
  const { $id, ...schema } = readSchema(schemaPath);
  delete schema['$schema'];
  const name = String($id).replace(/^NxHarden/, '') + 'Options';
  const types = await compile({ ...schema, title: name, additionalProperties: false }, name, {
    bannerComment: '/* Made from schema.json by `pnpm sync`. */',
    style: { singleQuote: true, printWidth: 100 },
  });
  put(join(dirname(schemaPath), 'schema.d.ts'), types);
}

function manifestEntry(schemaPath: string, implementation: string): Record<string, unknown> {
  const dir = relative(sourceDir, dirname(schemaPath));
  return {
    [implementation === 'executor' ? 'implementation' : 'factory']: `./dist/${dir}/${implementation}`,
    schema: `./dist/${dir}/schema.json`,
    description: readSchema(schemaPath).description,
  };
}

const ids = capabilities.map(({ id }) => id);
putValues(join(sourceDir, 'generators/harden/schema.json'), [
  [['properties', 'only', 'items', 'enum'], ids],
  [['properties', 'only', 'default'], capabilities.filter(({ recommended }) => recommended).map(({ id }) => id)],
  [['properties', 'only', 'x-prompt', 'items'], capabilities.map(({ id, title }) => ({ value: id, label: `${id}: ${title}` }))],
  [['properties', 'skip', 'items', 'enum'], ids],
]);
putValues(join(sourceDir, 'generators/remove/schema.json'), [[['properties', 'id', 'enum'], ids]]);

const schemas = globSync('**/schema.json', { cwd: sourceDir, exclude: ['**/files/**'] })
  .sort()
  .map((path) => join(sourceDir, path));
for (const schema of schemas) await putTypes(schema);

const idOf = (path: string): string => dirname(path).split('/').at(-1) ?? '';
const within = (folder: string): string[] => schemas.filter((path) => relative(sourceDir, path).startsWith(`${folder}/`));
const order = ['init', 'harden', ...ids, 'remove'];
const generators = [...within('generators'), ...within('capabilities')].sort((a, b) => order.indexOf(idOf(a)) - order.indexOf(idOf(b)));

const json = (value: unknown): string => JSON.stringify(value, null, 2) + '\n';
put(
  join(packageDir, 'generators.json'),
  json({
    $schema: 'https://json-schema.org/schema',
    name: '@chronos/nx-harden',
    generators: Object.fromEntries(generators.map((path) => [idOf(path), manifestEntry(path, 'generator')])),
  }),
);
put(
  join(packageDir, 'executors.json'),
  json({
    $schema: 'https://json-schema.org/schema',
    executors: Object.fromEntries(within('executors').map((path) => [idOf(path), manifestEntry(path, 'executor')])),
  }),
);

// What an app imports is written in TypeScript; an app in JavaScript gets the same without its types.
for (const path of globSync('capabilities/*/files/*/*.ts', { cwd: sourceDir })) {
  const dir = join(sourceDir, `${dirname(path)}-js`);
  const stripped = stripTypeScriptTypes(readFileSync(join(sourceDir, path), 'utf-8'));
  put(join(dir, `${basename(path, '.ts')}.js`), await format(stripped, { parser: 'babel', singleQuote: true, printWidth: 120 }));
}

const readme = join(root, 'README.md');
const table = protectionsTable(capabilities, 'docs/capabilities');
const content = readFileSync(readme, 'utf-8').replace(/(<!-- protections -->\n)[\s\S]*?(<!-- \/protections -->)/, `$1${table}$2`);
put(readme, content);
// The published page stands alone: what it links to is in the package, or in the repository.
put(join(packageDir, 'README.md'), content.replace(/\]\((docs\/|CONTRIBUTING|CHANGELOG)/g, '](https://github.com/chronos/nx-harden/blob/main/$1'));

if (stale.length > 0) {
  console.log(`${isCheck ? 'Stale' : 'Written'}: ${stale.join(', ')}`);
  if (isCheck) {
    console.error('Run `pnpm sync` and commit what it writes.');
    process.exitCode = 1;
  }
}
