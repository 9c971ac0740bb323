/* Made from schema.json by `pnpm sync`. */

/**
 * Playwright for a Next app: a smoke test of each static route, an accessibility test, a test of the security headers, on a desktop and on a phone, against the production build or any address.
 */
export interface PlaywrightOptions {
  /**
   * The Next app, by its name or the last part of it (default: the only one).
   */
  project?: string;
  /**
   * Into how many jobs CI splits the tests (default: 1).
   */
  shards?: number;
  /**
   * Static routes that are not visited, such as one that needs a login (default: none).
   */
  ignoreRoutes?: string[];
}
