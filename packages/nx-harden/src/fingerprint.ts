import { createHash } from 'node:crypto';
import { parseDocument } from 'yaml';

const SCRIPT = /\.[cm]?[jt]sx?$/;

/**
 * What a file of ours says, as `sha256-<base64>`, apart from how it is formatted: a team's formatter, or git's line
 * endings, may pass over the files that we own without making them look edited by hand.
 */
export function fingerprint(path: string, content: string): string {
  return `sha256-${createHash('sha256').update(withoutFormatting(path, content)).digest('base64')}`;
}

function withoutFormatting(path: string, content: string): string {
  const lines = content.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  // Formatters of JavaScript move line breaks, quotes, semicolons, trailing commas and parentheses.
  if (SCRIPT.test(path)) return lines.replace(/[\s;,()]+/g, '').replace(/["`]/g, "'");
  if (path.endsWith('.json')) return compactJson(lines);
  if (/\.ya?ml$/.test(path)) return compactYaml(lines);
  return lines.replace(/[ \t]+$/gm, '').replace(/"/g, "'").replace(/\n+$/, '\n');
}

/** What it says to a program, and its comments, which may be all that was edited. */
function compactYaml(text: string): string {
  const document = parseDocument(text);
  if (document.errors.length > 0) return text.trim();
  const comments = text.split('\n').flatMap((line) => /(?:^|\s)(#.*)$/.exec(line)?.[1]?.trim() ?? []);
  return JSON.stringify([document.toJS(), comments]);
}

/** What is no JSON (a comment in a tsconfig) is taken as it stands. */
function compactJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text.trim();
  }
}
