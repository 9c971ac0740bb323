/* Made from schema.json by `pnpm sync`. */

/**
 * Sends errors of the server, the edge and the browser to Sentry, with release and environment, without cookies, addresses or data; source maps are uploaded in CI and not published.
 */
export interface SentryOptions {
  /**
   * The Next app, by its name or the last part of it (default: the only one).
   */
  project?: string;
  /**
   * Slug of your organization in Sentry, for the upload of source maps (default: what SENTRY_ORG says). Example: acme.
   */
  org?: string;
  /**
   * Slug of the project in Sentry (default: what SENTRY_PROJECT says). Example: web.
   */
  sentryProject?: string;
  /**
   * Share of requests and page loads that are traced; NEXT_PUBLIC_SENTRY_TRACES_SAMPLE_RATE says otherwise for one environment (default: 0.1). Example: 0.5.
   */
  tracesSampleRate?: number;
  /**
   * Record what led to an error in the browser, with texts and pictures masked; about 40 KB (gzip) more for each first load (default: false). Example: --replay.
   */
  replay?: boolean;
  /**
   * Send what console.warn and console.error say as logs, of the browser and the server; about 1 KB more (default: false). Example: --logs.
   */
  logs?: boolean;
  /**
   * Profile the traced page loads in the browser; about 3 KB more (default: false). Example: --profiling.
   */
  profiling?: boolean;
  /**
   * Add /api/sentry-example, which fails on purpose, to see that errors arrive (default: false). Example: --example.
   */
  example?: boolean;
}
