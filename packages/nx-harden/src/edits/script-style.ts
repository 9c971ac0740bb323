import type { Source } from './source';

/** How a script is written, so that what is added to it looks like the rest. */
export interface ScriptStyle {
  quote: "'" | '"';
  /** `;`, or nothing in a file that does without. */
  semicolon: ';' | '';
  eol: '\n' | '\r\n';
}

export function styleOf({ text, tokens, program }: Source): ScriptStyle {
  const strings = tokens.filter(({ text: token }) => /^['"]/.test(token));
  const double = strings.filter(({ text: token }) => token.startsWith('"')).length;
  const statements = (program['body'] as { type: string; end: number }[]).filter(({ type }) => /^(Import|VariableDeclaration|ExpressionStatement)/.test(type));
  const bare = statements.filter(({ end }) => text[end - 1] !== ';').length;
  return {
    quote: double > strings.length - double ? '"' : "'",
    semicolon: bare > statements.length - bare ? '' : ';',
    eol: text.includes('\r\n') ? '\r\n' : '\n',
  };
}

/** A statement that is written with `'` and `;`, as this file writes them. */
export function inStyle(source: Source, statement: string, semicolon: string = styleOf(source).semicolon): string {
  const { quote } = styleOf(source);
  const bare = semicolon === '' ? statement.replace(/;$/, '') : statement;
  return quote === '"' ? bare.replaceAll("'", '"') : bare;
}
