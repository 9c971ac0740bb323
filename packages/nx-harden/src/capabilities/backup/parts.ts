import { join } from 'node:path';
import { renderTemplate } from '../../template';

const FILES = join(__dirname, 'files');

/** A file, or a part of one, from its template. */
export function renderFile(name: string, values: Record<string, unknown>): string {
  return renderTemplate(join(FILES, `${name}.template`), values);
}

/** A part that stands between others: without the line end at its end. */
export function renderPart(name: string, values: Record<string, unknown>): string {
  return renderFile(name, values).replace(/\n+$/, '');
}
