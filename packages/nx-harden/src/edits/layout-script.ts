import type { Source } from './source';
import { nodeIn, nodesIn, type SyntaxNode } from './source';
import { freeName } from './seam-import';

/** A component of a package that loads a script of Vercel's into every page that it is rendered on. */
export interface PageScript {
  /** What the component is called in its package. */
  name: 'Analytics' | 'SpeedInsights';
  /** What it is called in a file that has that name already. */
  alias: string;
  package: string;
  /** The entry for Next, which knows the route behind an address. */
  path: string;
  /** Exports of the package, of any entry, that load the script. */
  starts: readonly string[];
  /** The script in the words of a page that loads it by itself. */
  url: RegExp;
  /** The first version that has the entry for Next. */
  since: string;
}

/** Page views and custom events. */
export const ANALYTICS: PageScript = {
  name: 'Analytics',
  alias: 'VercelAnalytics',
  package: '@vercel/analytics',
  path: '@vercel/analytics/next',
  starts: ['Analytics', 'inject'],
  url: /\/_vercel\/insights\/script\.js|va\.vercel-scripts\.com\/v1\/script/,
  since: '1.2.0',
};

/** Web Vitals of real visitors. */
export const SPEED_INSIGHTS: PageScript = {
  name: 'SpeedInsights',
  alias: 'VercelSpeedInsights',
  package: '@vercel/speed-insights',
  path: '@vercel/speed-insights/next',
  starts: ['SpeedInsights', 'injectSpeedInsights'],
  url: /\/_vercel\/speed-insights\/script\.js|va\.vercel-scripts\.com\/v1\/speed-insights/,
  since: '1.0.0',
};

export const PAGE_SCRIPTS: readonly PageScript[] = [ANALYTICS, SPEED_INSIGHTS];

/** Whether an export of a package loads the script, by whatever entry it is imported. */
export function starts(script: PageScript, path: string, name: string): boolean {
  return (path === script.package || path.startsWith(`${script.package}/`)) && (name === '*' || script.starts.includes(name));
}

/** The import of the component from its entry for Next, under that very local name. */
export function importOf({ program }: Source, localName: string): { statement: SyntaxNode; script: PageScript; localName: string } | undefined {
  for (const statement of nodesIn(program, 'body')) {
    const script = PAGE_SCRIPTS.find(({ path }) => statement.type === 'ImportDeclaration' && nodeIn(statement, 'source')?.['value'] === path);
    const isThere = nodesIn(statement, 'specifiers').some((one) => nodeIn(one, 'imported')?.['name'] === script?.name && nodeIn(one, 'local')?.['name'] === localName);
    if (script && isThere) return { statement, script, localName };
  }
  return undefined;
}

/** What the component is called in a file: a name of ours that is imported already, else one that is free. */
export function localNameOf(source: Source, script: PageScript, recorded: readonly string[]): { localName: string; isImported: boolean } {
  const ours = recorded.find((one) => importOf(source, one)?.script === script);
  if (ours !== undefined) return { localName: ours, isImported: true };
  const isTaken = source.tokens.some(({ text }) => text === script.name);
  return { localName: isTaken ? freeName(source, script.alias) : script.name, isImported: false };
}
