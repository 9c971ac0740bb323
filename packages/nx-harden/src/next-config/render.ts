import { join } from 'node:path';
import { renderTemplate } from '../template';
import type { NextConfigContribution } from './contribution';
import { printLiteral } from './literal';

/** The files that stand in `<app>/hardening/` for Next's config, by name. */
export function renderNextConfigFiles(policy: NextConfigContribution): Record<string, string> {
  const values = { policyLiteral: printLiteral(policy) };
  return Object.fromEntries(
    ['next-config.cjs', 'next-config.d.cts'].map((name) => [name, renderTemplate(join(__dirname, 'files', `${name}.template`), values)]),
  );
}
