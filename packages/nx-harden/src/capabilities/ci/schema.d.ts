/* Made from schema.json by `pnpm sync`. */

/**
 * A GitHub Actions workflow for the workspace: what is affected is linted, tested and built, deployed beside the running version, tested there, and only then promoted.
 */
export interface CiOptions {
  /**
   * The Next app, by its name or the last part of it (default: the only one).
   */
  project?: string;
  /**
   * Branches that are checked on each push (pull requests always are); the first one is deployed to production (default: the repository's default branch).
   */
  branches?: string[];
  /**
   * Deploy by the Vercel CLI, with a preview for each pull request, or not at all (default: vercel).
   */
  deploy?: 'vercel' | 'none';
  /**
   * With Nx Cloud: the agents that tasks are spread over (default: 3 linux-medium-js).
   */
  distributeOn?: string;
}
