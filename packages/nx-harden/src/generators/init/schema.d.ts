/* Made from schema.json by `pnpm sync`. */

/**
 * Registers the plugin in nx.json and gives each Next app its audit target. It is what nx add runs.
 */
export interface InitOptions {
  /**
   * Taken for nx add, and without effect: nothing of yours is ever reformatted (default: false).
   */
  skipFormat?: boolean;
}
