/* Made from schema.json by `pnpm sync`. */

/**
 * Vitest with React Testing Library for a Next app: config, example tests that pass on the app as it is, a floor of coverage that may only rise, and the targets that Nx runs.
 */
export interface VitestOptions {
  /**
   * The Next app, by its name or the last part of it (default: the only one).
   */
  project?: string;
  /**
   * What stands in for the browser: jsdom is closer to one, happy-dom is quicker (default: jsdom).
   */
  environment?: 'jsdom' | 'happy-dom';
}
