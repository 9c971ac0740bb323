import { coerce, minVersion, satisfies } from 'semver';
import type { ReadTree } from '../../capability';
import type { NextApp } from '../../next-app';
import { readNodeVersion } from '../../node-version';
import { EXEC, readJsonFile } from '../../package-manager';
import { SECRETLINT } from '../../versions';
import type { Hook } from './hooks';
import type { PreCommitOptions } from './schema';

export const SECRETLINT_CONFIG = '.secretlintrc.json';

const PRESET = '@secretlint/secretlint-rule-preset-recommend';
const CONFIGS = ['.secretlintrc', SECRETLINT_CONFIG, '.secretlintrc.yml', '.secretlintrc.yaml', '.secretlintrc.js', '.secretlintrc.cjs', '.secretlintrc.mjs'];

/** A config with the rules that secretlint recommends. */
export function newSecretlintConfig(): string {
  return `${JSON.stringify({ rules: [{ id: PRESET }] }, null, 2)}\n`;
}

/** The team's own config of secretlint. */
export function findSecretlintConfig(tree: ReadTree): string | undefined {
  const named = CONFIGS.find((path) => tree.exists(path));
  return named ?? (readJsonFile(tree, 'package.json')?.['secretlint'] === undefined ? undefined : 'package.json');
}

/** secretlint, as new as the workspace's Node can run, and its rules where the team has not chosen some. */
export function secretlintPackages(tree: ReadTree, hasOwnConfig: boolean): Record<string, string> {
  const range = declaredRange(tree) ?? newestFor(tree);
  return { secretlint: range, ...(!hasOwnConfig && { [PRESET]: range }) };
}

/** The command, which must not print what it finds: a terminal's output is logged, shared and recorded. */
export function secretScanCommand(tree: ReadTree, app: NextApp, { secretScan }: PreCommitOptions): Pick<Hook, 'run' | 'files'> {
  if (secretScan === 'gitleaks') return { run: 'gitleaks git --pre-commit --staged --redact' };
  return { run: `${EXEC[app.packageManager.name]} secretlint ${secretlintFlags(tree)}`, files: 'staged' };
}

/** Files are literal, since `app/[slug]/page.tsx` is one; and one that .gitignore names, but somebody forced in, counts most of all. */
export function secretlintFlags(tree: ReadTree): string {
  const major = coerce(declaredRange(tree) ?? newestFor(tree))?.major ?? 0;
  return ['--maskSecrets', ...(major >= 11 ? ['--no-glob'] : []), ...(major >= 13 ? ['--no-gitignore'] : [])].join(' ');
}

function declaredRange(tree: ReadTree): string | undefined {
  const manifest = readJsonFile(tree, 'package.json');
  return { ...(manifest?.['dependencies'] as Record<string, string>), ...(manifest?.['devDependencies'] as Record<string, string>) }['secretlint'];
}

function newestFor(tree: ReadTree): string {
  const node = minVersion(readNodeVersion(tree))?.version ?? process.versions.node;
  return (SECRETLINT.find((choice) => satisfies(node, choice.node)) ?? SECRETLINT.at(-1))?.range ?? '*';
}
