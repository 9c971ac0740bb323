/* Made from schema.json by `pnpm sync`. */

/**
 * Renders Vercel's <Analytics /> and <SpeedInsights /> in every root layout that the team wrote, and in pages/_app: page views and Web Vitals of real visitors, without cookies.
 */
export interface AnalyticsOptions {
  /**
   * The Next app, by its name or the last part of it (default: the only one).
   */
  project?: string;
  /**
   * Count page views, by @vercel/analytics (default: true). Example: false.
   */
  analytics?: boolean;
  /**
   * Measure Web Vitals of real visitors, by @vercel/speed-insights (default: true). Example: false.
   */
  speedInsights?: boolean;
}
