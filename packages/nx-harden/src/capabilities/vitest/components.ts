import type { ReadTree } from '../../capability';
import { nodeIn, nodesIn, openSource, walk, type SyntaxNode } from '../../edits/source';
import { inDir, type NextApp } from '../../next-app';
import { importedPaths, isLocal, resolveImport } from '../../script-imports';
import { countHeadings, showsComponents, showsElements, staticTextOf, type StaticText } from './static-jsx';

/** A component that a test can render by itself. */
export interface RenderableComponent {
  file: string;
  /** How it is imported: by its name, or as the default. */
  exportName: 'default' | string;
  shows?: StaticText;
}

/** Packages that render in a test without a server, a router or a session. */
const HARMLESS = /^(react|react-dom|next\/(link|image|script)|clsx|classnames|tailwind-merge|class-variance-authority|lucide-react|react-icons(\/.*)?|@heroicons\/.*|@radix-ui\/.*|radix-ui|@headlessui\/react)$/;
/** What the test's browser does not have, asks a server for, or has only below a provider. */
const NEEDS_MORE = /\b(fetch|EventSource|WebSocket|XMLHttpRequest|matchMedia|IntersectionObserver|ResizeObserver|createContext|useContext|useRouter|scrollIntoView|getContext|serviceWorker|mediaDevices|geolocation|process|throw)\b/;
const STYLE = /\.(css|scss|sass|less)$/;
const COMPONENT = /\.[jt]sx?$/;
const NOT_COMPONENT = /\.(test|spec|stories|d)\.[jt]sx?$|\.config\./;
const SKIPPED = /^(node_modules|public|dist|test|tests|__tests__|e2e|hardening|api|\(payload\)|test-output)$|^[.@]|^\[/;
/** A module that takes in more than this is no example. */
const MOST_MODULES = 30;

/** The components of the app that can be tested as it is, the best example first: pages before others, those with a text first. */
export function renderableComponents(tree: ReadTree, app: NextApp): RenderableComponent[] {
  const found = [...pageFiles(tree, app), ...componentFiles(tree, app)].flatMap((file) => renderableIn(tree, app, file));
  const rank = ({ shows }: RenderableComponent): number => (shows?.headingLevel ? 0 : shows ? 1 : 2);
  return found.map((component, index) => ({ component, index })).sort((a, b) => rank(a.component) - rank(b.component) || a.index - b.index).map(({ component }) => component);
}

function pageFiles(tree: ReadTree, { appDir, pagesDir }: NextApp): string[] {
  const inApp = appDir ? filesBelow(tree, appDir).filter((file) => /\/(page|not-found|loading)\.[jt]sx?$/.test(file)) : [];
  const inPages = pagesDir ? filesBelow(tree, pagesDir).filter((file) => !/\/_(app|document|error)\./.test(file)) : [];
  return [...inApp, ...inPages].sort((a, b) => Number(!/\/page\./.test(a)) - Number(!/\/page\./.test(b)) || a.length - b.length);
}

function componentFiles(tree: ReadTree, { root, baseDir }: NextApp): string[] {
  const dirs = [...new Set([inDir(baseDir, 'components'), inDir(baseDir, 'app'), inDir(root, 'components')])];
  return dirs.flatMap((dir) => filesBelow(tree, dir)).filter((file) => /\.[jt]sx$/.test(file) && !/\/(page|layout|template|error|global-error|default)\.[jt]sx$/.test(file));
}

function filesBelow(tree: ReadTree, dir: string): string[] {
  return [...tree.children(dir)].sort().flatMap((entry) => {
    const path = inDir(dir, entry);
    if (tree.isFile(path)) return COMPONENT.test(entry) && !NOT_COMPONENT.test(entry) ? [path] : [];
    return SKIPPED.test(entry) ? [] : filesBelow(tree, path);
  });
}

function renderableIn(tree: ReadTree, app: NextApp, file: string): RenderableComponent[] {
  const program = programOf(tree, file);
  if (!program || !isHarmless(tree, app, file, { packages: HARMLESS, needsMore: NEEDS_MORE })) return [];
  return exportedFunctions(program).flatMap(({ name, node }) => {
    const jsx = isPlain(node) ? onlyReturn(node) : undefined;
    if (jsx?.type !== 'JSXElement' && jsx?.type !== 'JSXFragment') return [];
    const shows = staticTextOf(jsx);
    // Neither a text nor an element of its own: what it shows is not known.
    if (!shows && !showsElements(jsx)) return [];
    if (shows?.headingLevel && (showsComponents(jsx) || countHeadings(program, shows.headingLevel) > 1)) delete shows.headingLevel;
    return [{ file, exportName: name, shows }];
  });
}

/** Neither async nor in need of props. */
function isPlain(node: SyntaxNode): boolean {
  return node['async'] !== true && node['generator'] !== true && nodesIn(node, 'params').length === 0;
}

/** What the function gives back, when there is one way through it. */
function onlyReturn(node: SyntaxNode): SyntaxNode | undefined {
  const body = nodeIn(node, 'body');
  if (body?.type !== 'BlockStatement') return unwrap(body);
  const returns: SyntaxNode[] = [];
  walk(body, (one) => {
    if (/Function/.test(one.type)) return false;
    if (one.type === 'ReturnStatement') returns.push(one);
    return true;
  });
  return returns.length === 1 ? unwrap(nodeIn(returns[0], 'argument')) : undefined;
}

function unwrap(node: SyntaxNode | undefined): SyntaxNode | undefined {
  return node?.type === 'ParenthesizedExpression' ? unwrap(nodeIn(node, 'expression')) : node;
}

/** The functions that a module exports, by name. */
export function exportedFunctions(program: SyntaxNode): { name: string; node: SyntaxNode }[] {
  const body = nodesIn(program, 'body');
  const declared = new Map<string, SyntaxNode>();
  for (const statement of body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? nodeIn(statement, 'declaration') : statement;
    for (const [name, node] of functionsIn(declaration)) declared.set(name, node);
  }
  return body.flatMap((statement) => {
    if (statement.type === 'ExportNamedDeclaration') return functionsIn(nodeIn(statement, 'declaration')).map(([name, node]) => ({ name, node }));
    if (statement.type !== 'ExportDefaultDeclaration') return [];
    const declaration = nodeIn(statement, 'declaration');
    const node = declaration?.type === 'Identifier' ? declared.get(String(declaration['name'])) : declaration;
    return node && /Function/.test(node.type) ? [{ name: 'default', node }] : [];
  });
}

function functionsIn(declaration: SyntaxNode | undefined): [string, SyntaxNode][] {
  if (declaration?.type === 'FunctionDeclaration') return [[String(nodeIn(declaration, 'id')?.['name']), declaration]];
  return nodesIn(declaration, 'declarations').flatMap((one): [string, SyntaxNode][] => {
    const init = nodeIn(one, 'init');
    return init && /^(ArrowFunction|Function)Expression$/.test(init.type) ? [[String(nodeIn(one, 'id')?.['name']), init]] : [];
  });
}

/** Whether a module, and each that it imports, does without a server: no async component, no package or word that needs one. */
export function isHarmless(tree: ReadTree, app: NextApp, entry: string, { packages, needsMore }: { packages: RegExp; needsMore: RegExp }): boolean {
  const seen = new Set<string>();
  const visit = (file: string): boolean => {
    if (seen.has(file)) return true;
    if (seen.add(file).size > MOST_MODULES) return false;
    if (file.endsWith('.json')) return true;
    const program = COMPONENT.test(file) ? programOf(tree, file) : undefined;
    if (!program || waits(program) || needsMore.test(tree.read(file, 'utf-8') ?? '')) return false;
    return importedPaths(program).every((path) => {
      if (!isLocal(tree, app, path)) return packages.test(path);
      if (STYLE.test(path)) return true;
      const resolved = resolveImport(tree, app, file, path);
      return resolved !== undefined && visit(resolved);
    });
  };
  return visit(entry);
}

/** Whether something in it is computed on a server: an async function with JSX, a top-level await, a server action. */
function waits(program: SyntaxNode): boolean {
  const directives = nodesIn(program, 'directives').map((directive) => nodeIn(directive, 'value')?.['value']);
  if (directives.includes('use server')) return true;
  let found = false;
  walk(program, (node) => {
    if (node.type === 'AwaitExpression') found = true;
    if (/Function/.test(node.type)) {
      if (node['async'] === true && hasJsx(node)) found = true;
      // An event handler may wait.
      return node['async'] !== true;
    }
    return !found;
  });
  return found;
}

function hasJsx(node: SyntaxNode): boolean {
  let found = false;
  walk(node, ({ type }) => {
    if (type.startsWith('JSX')) found = true;
    return !found;
  });
  return found;
}

function programOf(tree: ReadTree, file: string): SyntaxNode | undefined {
  const source = openSource(file, tree.read(file, 'utf-8') ?? '');
  return 'failure' in source ? undefined : source.program;
}
