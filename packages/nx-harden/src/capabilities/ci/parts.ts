import { join } from 'node:path';
import { renderTemplate } from '../../template';

const FILES = join(__dirname, 'files');

/** A part of the workflow, from its template; an empty part in it leaves an empty line that nothing stands on. */
export function renderPart(name: string, values: Record<string, unknown>): string {
  return renderTemplate(join(FILES, `${name}.template`), values).replace(/^[ \t]+$/gm, '');
}

/** A part that stands between others: without the line end at its end. */
export function renderSteps(name: string, values: Record<string, unknown>): string {
  return renderPart(name, values).replace(/\n+$/, '');
}
