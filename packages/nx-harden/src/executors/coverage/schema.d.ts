/* Made from schema.json by `pnpm sync`. */

/**
 * Runs the tests of an app with coverage, fails below the floor in coverage-floor.json, and raises the floor to what was reached.
 */
export interface CoverageOptions {
  /**
   * Raise the floor when more is covered than it asks for (default: true, and false where CI is set).
   */
  raise?: boolean;
}
