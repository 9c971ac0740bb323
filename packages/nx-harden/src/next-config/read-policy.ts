import type { ReadTree } from '../capability';
import { constantIn } from '../edits/source';
import { inDir, type NextApp } from '../next-app';
import type { NextConfigContribution } from './contribution';

/** The policy that `hardening/next-config.cjs` prints at its top, as it stands there now, edited by hand or not. */
export function readPolicy(tree: ReadTree, app: NextApp): NextConfigContribution | undefined {
  const file = inDir(app.root, 'hardening/next-config.cjs');
  const text = tree.exists(file) ? tree.read(file, 'utf-8') : null;
  return text === null ? undefined : (constantIn(file, text, 'policy') as NextConfigContribution | undefined);
}
