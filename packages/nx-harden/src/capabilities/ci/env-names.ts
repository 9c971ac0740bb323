import type { ReadTree } from '../../capability';
import { inDir, type NextApp } from '../../next-app';
import { parseEnv } from 'node:util';

const SOURCE = /\.[cm]?[jt]sx?$|^\.env\.(example|sample|template)$|^\.env\.local\.example$/;
const TEST = /\.(spec|test|stories)\.[cm]?[jt]sx?$/;
const NOT_SOURCE = /^(node_modules|public|dist|coverage|hardening|e2e|tests?|__tests__)$|^\.(next|vercel|git|nx|turbo)$/;
/** Set by the platform, by Next or by the shell, and so by nobody in the settings of a repository. */
const GIVEN = /^(NODE_ENV|NODE_OPTIONS|CI|PORT|HOST|HOSTNAME|HOME|PATH|PWD|TZ|DEBUG|ANALYZE|TURBOPACK|NEXT_RUNTIME|NEXT_PHASE|NEXT_DIST_DIR|SKIP_ENV_VALIDATION)$|^(VERCEL|GITHUB|NX|npm|__NEXT)(_|$)/;
const NAME = /^[A-Z][A-Z0-9_]*$/;

const DIRECT = /\bprocess\.env(?:\.([A-Za-z_]\w*)|\[\s*['"]([A-Za-z_]\w*)['"]\s*\])/g;
const DESTRUCTURED = /\{([^{}]*)\}\s*=\s*process\.env\b/g;
const BY_FUNCTION = /\benv\(\s*['"]([A-Z][A-Z0-9_]*)['"]/g;

/** Names of the environment variables that the app reads, sorted. Values are never looked at. */
export function envNamesOf(tree: ReadTree, app: NextApp): string[] {
  const names = new Set<string>();
  const visit = (dir: string): void => {
    for (const entry of tree.children(dir)) {
      const path = inDir(dir, entry);
      if (!tree.isFile(path)) {
        if (!NOT_SOURCE.test(entry)) visit(path);
      } else if (SOURCE.test(entry) && !TEST.test(entry)) {
        for (const name of namesIn(entry, tree.read(path, 'utf-8') ?? '')) names.add(name);
      }
    }
  };
  visit(app.root);
  return [...names].filter((name) => NAME.test(name) && !GIVEN.test(name)).sort();
}

function namesIn(file: string, text: string): string[] {
  if (file.startsWith('.env')) return Object.keys(parseEnv(text));
  const code = text.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, '$1');
  return [
    ...[...code.matchAll(DIRECT)].map(([, dotted, bracketed]) => dotted ?? bracketed ?? ''),
    ...[...code.matchAll(DESTRUCTURED)].flatMap(([, names = '']) => names.split(',').map((name) => name.split(/[:=]/)[0]?.trim() ?? '')),
    ...[...code.matchAll(BY_FUNCTION)].map(([, name = '']) => name),
  ];
}

/** A value that lets a build start which only looks whether the variable is there, and of which kind. */
export function placeholderFor(name: string): string {
  if (/(POSTGRES|DATABASE|PG|DB).*(URL|URI)$/.test(name)) return 'postgresql://ci:ci@127.0.0.1:5432/ci';
  if (/REDIS.*(URL|URI)$/.test(name)) return 'redis://127.0.0.1:6379';
  if (/(URL|URI|ORIGIN|ENDPOINT|DSN)$/.test(name)) return 'https://ci.invalid';
  if (/REGION$/.test(name)) return 'us-east-1';
  return 'ci-placeholder-not-a-secret-0000000000';
}
