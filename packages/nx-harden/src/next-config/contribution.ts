/** One entry of Next's `headers()`. */
export interface HeaderRule {
  source: string;
  headers: { key: string; value: string }[];
}

/** What one capability puts into `<app>/hardening/next-config.cjs`. Plain data: the file prints it for people to read. */
export interface NextConfigContribution {
  /** Sent with every answer. A rule of the user's own `headers()` for the same name wins. */
  securityHeaders?: { key: string; value: string }[];
  /** CSP directives with their sources. Several contributions are joined per directive. */
  csp?: CspContribution;
  /** Cache rules; never applied to `/api`. */
  cache?: CacheContribution;
  /** Absent keys are left to Next's own defaults. */
  images?: { formats?: string[] };
  /** Bytes of a request's body that Next keeps for the route while the proxy runs, under the option's name in this version of Next; it cuts off the rest. */
  proxyBodySize?: { option: 'proxyClientMaxBodySize' | 'middlewareClientMaxBodySize'; size: string };
  /** What `withSentryConfig` is called with, as far as the environment of the build does not say it. */
  sentry?: SentryContribution;
  /** Barrel packages, by exact name (Next takes no wildcard). */
  optimizePackageImports?: string[];
}

export interface SentryContribution {
  /** What exports `withSentryConfig`: a module of its own since version 11. */
  module: string;
  /** Path at which the app takes what the browser sends to Sentry. */
  tunnelRoute?: string;
  /** Slugs at Sentry; the environment's SENTRY_ORG and SENTRY_PROJECT where they are not named. */
  org?: string;
  project?: string;
  /** Nothing is recorded, so the recorder is left out of the bundle. */
  excludeReplay: boolean;
}

export interface CspContribution {
  /** `report-only` sends the policy beside the pages without enforcing it. */
  mode?: 'report-only' | 'enforce';
  directives: Record<string, string[]>;
}

export interface CacheContribution {
  /** A folder in `public/` whose files never change their content under one name. */
  immutableFolder?: string;
  /** Value of Cache-Control for the images that lie in `public/` outside that folder. */
  publicImages?: string;
}
