import type { ReadTree } from '../capability';
import type { NextApp } from '../next-app';
import { resolveImport } from '../script-imports';
import { resolveLibrary } from './layout-libraries';
import { nodeIn, nodesIn, openSource, walk, type Source, type SyntaxNode } from './source';

/** A piece of a script: a component, a constant, an element. */
export interface Part {
  source: Source;
  node: SyntaxNode;
}

/** What a package exports; `*` is all of it. */
export interface PackageExport {
  path: string;
  name: string;
}

type Target = Part | PackageExport;

/** What is seen on the way. A visitor of nodes that returns false keeps out of what lies below. */
export interface Visitor {
  node?: (node: SyntaxNode, source: Source) => boolean | void;
  packageExport?: (found: PackageExport) => void;
}

/** How many files away from the layout a component may lie. */
const DEPTH = 3;

/** The scripts of an app as they refer to each other, by names: by that it is known what a layout comes to. */
export class ScriptGraph {
  /** Why a script cannot be read, by its path. */
  readonly failures = new Map<string, string>();
  private readonly sources = new Map<string, Source | undefined>();
  private readonly bindings = new WeakMap<Source, Map<string, Part | PackageExport>>();

  constructor(
    private readonly tree: ReadTree,
    private readonly app: NextApp,
  ) {}

  /** What a script exports under a name; empty when it does not, or cannot be read. */
  exported(file: string, name: string): Target[] {
    const source = this.open(file);
    if (!source) return [];
    if (name === '*') return [{ source, node: source.program }];
    const statements = nodesIn(source.program, 'body');
    const [own] = statements.flatMap((statement) => this.exportedBy(source, statement, name));
    if (own) return [own];
    return statements.filter(({ type }) => type === 'ExportAllDeclaration').flatMap((statement) => this.imported(source, pathOf(statement), name));
  }

  /** Visits parts and all that they refer to by name, the nearest first. */
  follow(start: readonly Target[], visitor: Visitor): void {
    const seen = new Set<SyntaxNode>();
    const queue = start.map((target) => ({ target, depth: DEPTH }));
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { target, depth } = next;
      if (!('node' in target)) {
        visitor.packageExport?.(target);
        continue;
      }
      if (seen.has(target.node)) continue;
      seen.add(target.node);
      walk(target.node, (node) => {
        if (isType(node) || visitor.node?.(node, target.source) === false) return false;
        for (const found of this.referredTo(target.source, node)) {
          const isNear = 'node' in found && found.source === target.source;
          if (isNear || depth > 0) queue.push({ target: found, depth: isNear ? depth : depth - 1 });
        }
        return undefined;
      });
    }
  }

  private open(file: string): Source | undefined {
    if (!this.sources.has(file)) {
      const source = openSource(file, this.tree.read(file, 'utf-8') ?? '');
      if ('failure' in source) this.failures.set(file, source.failure);
      this.sources.set(file, 'failure' in source ? undefined : source);
    }
    return this.sources.get(file);
  }

  /** Server actions render nothing. */
  private isOnServer(file: string): boolean {
    return nodesIn(this.open(file)?.program, 'directives').some((one) => nodeIn(one, 'value')?.['value'] === 'use server');
  }

  private exportedBy(source: Source, statement: SyntaxNode, name: string): Target[] {
    const declaration = nodeIn(statement, 'declaration');
    if (statement.type === 'ExportDefaultDeclaration') return name === 'default' && declaration ? [{ source, node: declaration }] : [];
    if (statement.type !== 'ExportNamedDeclaration') return [];
    if (declaration) return [...declared(declaration)].filter(([declaredName]) => declaredName === name).map(([, node]) => ({ source, node }));
    const specifier = nodesIn(statement, 'specifiers').find((one) => nameOf(nodeIn(one, 'exported')) === name);
    if (!specifier) return [];
    const local = specifier.type === 'ExportNamespaceSpecifier' ? '*' : nameOf(nodeIn(specifier, 'local'));
    return nodeIn(statement, 'source') ? this.imported(source, pathOf(statement), local) : this.bound(source, local);
  }

  /** What an import of a script means: of a file of the workspace its exports, else the package's. */
  private imported({ path: from }: Source, path: string, name: string): Target[] {
    const file = resolveImport(this.tree, this.app, from, path) ?? resolveLibrary(this.tree, this.app, path);
    if (file !== undefined && /\.[cm]?[jt]sx?$/.test(file)) return this.isOnServer(file) ? [] : this.exported(file, name);
    return path.startsWith('.') ? [] : [{ path, name }];
  }

  private bound(source: Source, name: string): Target[] {
    const bound = this.bindingsOf(source).get(name);
    if (!bound) return [];
    return 'node' in bound ? [bound] : this.imported(source, bound.path, bound.name);
  }

  /** What a name, a property of a namespace or an `import()` in a script refers to. */
  referredTo(source: Source, node: SyntaxNode): Target[] {
    if (node.type === 'Identifier' || node.type === 'JSXIdentifier') return this.bound(source, nameOf(node));
    if (node.type === 'MemberExpression' || node.type === 'JSXMemberExpression') {
      const whole = this.bindingsOf(source).get(nameOf(nodeIn(node, 'object')));
      return whole && 'path' in whole && whole.name === '*' ? this.imported(source, whole.path, nameOf(nodeIn(node, 'property'))) : [];
    }
    const [path] = node.type === 'CallExpression' && nodeIn(node, 'callee')?.type === 'Import' ? nodesIn(node, 'arguments') : [];
    return typeof path?.['value'] === 'string' ? this.imported(source, path['value'], '*') : [];
  }

  private bindingsOf(source: Source): Map<string, Part | PackageExport> {
    const known = this.bindings.get(source);
    if (known) return known;
    const bindings = new Map<string, Part | PackageExport>();
    for (const statement of nodesIn(source.program, 'body')) {
      if (statement.type === 'ImportDeclaration') {
        for (const one of nodesIn(statement, 'specifiers')) if (!isTypeOnly(statement) && !isTypeOnly(one)) bindings.set(nameOf(nodeIn(one, 'local')), { path: pathOf(statement), name: importedName(one) });
      } else {
        for (const [name, node] of declared(nodeIn(statement, 'declaration') ?? statement)) bindings.set(name, { source, node });
      }
    }
    this.bindings.set(source, bindings);
    return bindings;
  }
}

/** The names that a declaration brings in, each with what it stands for. */
function* declared(declaration: SyntaxNode): Generator<[string, SyntaxNode]> {
  const id = nodeIn(declaration, 'id');
  if (/^(Function|Class)Declaration$/.test(declaration.type) && id) yield [nameOf(id), declaration];
  for (const declarator of nodesIn(declaration, 'declarations')) {
    const names: SyntaxNode[] = [];
    const pattern = nodeIn(declarator, 'id');
    if (pattern) walk(pattern, (node) => void (node.type === 'Identifier' && names.push(node)));
    for (const name of names) yield [nameOf(name), declarator];
  }
}

function importedName(specifier: SyntaxNode): string {
  if (specifier.type === 'ImportDefaultSpecifier') return 'default';
  return specifier.type === 'ImportNamespaceSpecifier' ? '*' : nameOf(nodeIn(specifier, 'imported'));
}

function isTypeOnly(node: SyntaxNode): boolean {
  return node['importKind'] === 'type';
}

function isType({ type }: SyntaxNode): boolean {
  return /^TS(TypeAnnotation|TypeParameter|TypeParameterInstantiation|InterfaceDeclaration|TypeAliasDeclaration)/.test(type);
}

function nameOf(node: SyntaxNode | undefined): string {
  return String(node?.['name'] ?? node?.['value'] ?? '');
}

function pathOf(statement: SyntaxNode): string {
  return String(nodeIn(statement, 'source')?.['value']);
}
