/* Made from schema.json by `pnpm sync`. */

/**
 * Hooks for pre-commit, lefthook or husky: a commit is checked in seconds for secrets, large files, merge markers, lint, format, types and tests of what it touches; what is slow runs on push.
 */
export interface PreCommitOptions {
  /**
   * The Next app, by its name or the last part of it (default: the only one).
   */
  project?: string;
  /**
   * What runs the hooks (default: what the workspace has, else pre-commit).
   */
  manager?: 'pre-commit' | 'lefthook' | 'husky';
  /**
   * What looks for secrets: secretlint comes with the packages, gitleaks is a program that each machine needs (default: secretlint).
   */
  secretScan?: 'secretlint' | 'gitleaks';
  /**
   * Largest file that may be committed, in kB (default: 500).
   */
  maxFileSize?: number;
}
