const WIDTH = 100;

/** A plain value as the JavaScript that a formatter with single quotes would leave alone. */
export function printLiteral(value: unknown, indent = ''): string {
  if (typeof value === 'string') return printString(value);
  if (Array.isArray(value)) return printList('[', value.map((item) => (inner: string) => printLiteral(item, inner)), ']', indent);
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
    const quoted = entries.some(([key]) => !/^[A-Za-z_$][\w$]*$/.test(key));
    return printList(
      '{',
      entries.map(([key, entry]) => (inner: string) => `${quoted && !/^[A-Za-z_$][\w$]*$/.test(key) ? printString(key) : key}: ${printLiteral(entry, inner)}`),
      '}',
      indent,
    );
  }
  return String(value);
}

function printList(open: string, items: ((indent: string) => string)[], close: string, indent: string): string {
  if (items.length === 0) return open + close;
  const pad = open === '{' ? ' ' : '';
  const oneLine = `${open}${pad}${items.map((item) => item('')).join(', ')}${pad}${close}`;
  if (open === '[' && !oneLine.includes('\n') && indent.length + oneLine.length <= WIDTH - 20) return oneLine;
  if (open === '{' && items.length <= 2 && !oneLine.includes('\n') && indent.length + oneLine.length <= WIDTH - 2 && indent.length > 2) return oneLine;
  const inner = `${indent}  `;
  return `${open}\n${items.map((item) => `${inner}${item(inner)},\n`).join('')}${indent}${close}`;
}

/** Single quotes, unless the text has them (CSP keywords do) and no double ones. */
function printString(text: string): string {
  const json = JSON.stringify(text);
  if (text.includes("'") && !text.includes('"')) return json;
  return `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
