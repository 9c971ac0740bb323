import type { ReadTree } from '../../capability';
import { constantIn, parseScript } from '../../edits/source';
import { inDir, type NextApp } from '../../next-app';
import { importedPaths, loadedPaths, scriptsFrom } from '../../script-imports';

/** Packages that limit requests. */
const LIMITERS = /^(@upstash\/ratelimit|@arcjet\/next|rate-limiter-flexible|@vercel\/firewall|@unkey\/ratelimit|limiter|lambda-rate-limiter|next-rate-limit)$/;
/** How far imports are followed from the proxy: a limiter further down may be for something else, such as mails. */
const DEPTH = 2;

/** A limiter that the team has put into its proxy. */
export interface OwnLimiter {
  file: string;
  /** Counts by a header that a client can write, with nothing that says how much of it is the platform's. */
  trustsForwardedFor: boolean;
}

/** The team's own limiter, in the proxy or in what it imports; undefined where there is none, or it is ours. */
export function ownLimiter(tree: ReadTree, app: NextApp): OwnLimiter | undefined {
  if (app.proxyFile === undefined) return undefined;
  const sources = scriptsFrom(tree, app, app.proxyFile, DEPTH);
  const found = sources.find(({ file, text }) => packagesIn(file, text).some((name) => LIMITERS.test(name)));
  if (!found) return undefined;
  return { file: found.file, trustsForwardedFor: sources.some(({ text }) => /['"]x-forwarded-for['"]/i.test(text)) };
}

/** Whether limits of ours can be put in, and have something to limit. */
export function isLimitable(tree: ReadTree, app: NextApp): boolean {
  return !app.isStaticExport && ownLimiter(tree, app) === undefined;
}

/** What a script takes from packages at run time, by whatever kind of import. */
function packagesIn(file: string, text: string): string[] {
  const program = parseScript(file, text);
  return program ? [...importedPaths(program), ...loadedPaths(program)] : [];
}

/** What is recorded in the settings of ours, as they stand now, edited by hand or not. */
export function settingsOf(tree: ReadTree, app: NextApp): { file: string; mode?: unknown; trustedProxies?: unknown } | undefined {
  const file = inDir(app.baseDir, `hardening/rate-limiter/settings.${app.language}`);
  const text = tree.exists(file) ? tree.read(file, 'utf-8') : null;
  return text === null ? undefined : { file, ...(constantIn(file, text, 'settings') as object | undefined) };
}
