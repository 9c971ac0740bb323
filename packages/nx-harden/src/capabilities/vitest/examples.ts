import { join, posix } from 'node:path';
import type { HardeningRun } from '../../hardening-run';
import { fromRecordedPath } from '../../hardening-file';
import { inDir, type NextApp } from '../../next-app';
import { renderTemplate } from '../../template';
import { renderableComponents, type RenderableComponent } from './components';
import { callableHandlers, type CallableHandler } from './route-handlers';

const FILES = join(__dirname, 'files');
const EXAMPLE = /(^|\/)test\/[^/]+\.test\.[jt]sx?$/;

/**
 * Writes two tests of what the app has: one of a component, one of a route handler. They are begun once, and the
 * team's from then on. Returns whether there is any; where there is nothing to test by itself, that is left to a person.
 */
export function writeExamples(run: HardeningRun<never>): boolean {
  const { tree, app, record } = run;
  const begun = Object.keys(record.files).map((recorded) => fromRecordedPath(app.root, recorded)).filter((path) => EXAMPLE.test(path) && tree.exists(path));
  begun.forEach((path) => run.keepFile(path));
  if (begun.length > 0) return true;

  const [component] = renderableComponents(tree, app);
  const [handler] = callableHandlers(tree, app);
  if (component) run.ownFile(testPath(app, componentName(app, component), 'x'), componentTest(app, component));
  if (handler) run.ownFile(testPath(app, slug(handler.path), ''), handlerTest(app, handler));
  if (!component && !handler) run.manual(firstTest(app));
  return Boolean(component ?? handler);
}

function componentTest(app: NextApp, { file, exportName, shows }: RenderableComponent): string {
  const name = exportName === 'default' ? 'Page' : exportName;
  return renderTemplate(join(FILES, 'component.test.template'), {
    shows,
    name,
    importClause: exportName === 'default' ? name : `{ ${name} }`,
    importPath: importPath(app, file),
    text: literal(shows?.text),
  });
}

function handlerTest(app: NextApp, { file, answers, ...handler }: CallableHandler): string {
  return renderTemplate(join(FILES, 'handler.test.template'), { ...handler, answers, importPath: importPath(app, file), value: literal(answers?.value) });
}

function firstTest(app: NextApp) {
  return {
    file: testPath(app, 'first', 'x'),
    why: 'No page, component or route handler of the app can be tested without a server, props or a session, so there is no example yet. Write the first test, such as:',
    lines: [
      "import { render, screen } from '@testing-library/react';",
      "import { expect, it } from 'vitest';",
      "import { Price } from '../src/components/price';",
      '',
      "it('shows the price with its currency', () => {",
      '  render(<Price amount={1250} currency="EUR" />);',
      "  expect(screen.getByText('€12.50')).toBeInTheDocument();",
      '});',
    ].join('\n'),
  };
}

/** `home` for `/`, `about` for `/about`, else what the file is called. */
function componentName({ appDir, pagesDir }: NextApp, { file, exportName }: RenderableComponent): string {
  const dir = [appDir, pagesDir].find((one) => one !== undefined && file.startsWith(`${one}/`));
  const route = dir && file.slice(dir.length + 1).replace(/\.[jt]sx?$/, '').replace(/(^|\/)(page|index)$/, '');
  return slug(route === undefined ? (exportName === 'default' ? posix.basename(file).replace(/\.[jt]sx?$/, '') : exportName) : route) || 'home';
}

function slug(text: string): string {
  return text
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/\([^)]*\)/g, '')
    .replace(/[^\w]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase();
}

function testPath({ root, language }: NextApp, name: string, jsx: 'x' | ''): string {
  return inDir(root, `test/${name}.test.${language === 'ts' ? 'ts' : 'js'}${jsx}`);
}

function importPath({ root }: NextApp, file: string): string {
  return posix.relative(inDir(root, 'test'), file).replace(/\.[jt]sx?$/, '');
}

/** A value as source, in the quotes that the templates use. */
function literal(value: unknown): string {
  return typeof value === 'string' ? `'${JSON.stringify(value).slice(1, -1).replace(/\\"/g, '"').replace(/'/g, "\\'")}'` : (JSON.stringify(value) ?? '');
}
