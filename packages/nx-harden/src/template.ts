import { readFileSync } from 'node:fs';
import { render } from 'ejs';

/** Fills in a template file. To a string and not into the tree, because what we own is compared before it is written. */
export function renderTemplate(path: string, values: Record<string, unknown>): string {
  return render(readFileSync(path, 'utf-8'), values, { filename: path });
}
