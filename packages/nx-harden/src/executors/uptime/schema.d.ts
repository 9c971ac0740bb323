/* Made from schema.json by `pnpm sync`. */

/**
 * Says what Better Stack lacks of the app's uptime.json, or brings it there. The token comes from BETTERSTACK_API_TOKEN.
 */
export interface UptimeExecutorOptions {
  /**
   * Do it, and not only say it (default: false).
   */
  apply?: boolean;
  /**
   * Where --apply writes the URLs of heartbeats, relative to the workspace; git has to ignore it (default: .env.local of the app). Example: .env.local.
   */
  envFile?: string;
  /**
   * Address of the API, for a server in the place of Better Stack's (default: BETTERSTACK_API_URL, else https://uptime.betterstack.com/api/v2). Example: http://127.0.0.1:4010/api/v2.
   */
  apiUrl?: string;
}
