/* Made from schema.json by `pnpm sync`. */

/**
 * Checks the types of a Next app without a build: has Next write the types of its routes, runs tsc for each tsconfig, and leaves next-env.d.ts as it was.
 */
export interface TypecheckOptions {
  /**
   * The tsconfigs to check, relative to the app (default: tsconfig.json).
   */
  tsConfig?: string[];
  /**
   * Have Next write the types of its routes first, which a fresh clone lacks (default: true).
   */
  typegen?: boolean;
}
