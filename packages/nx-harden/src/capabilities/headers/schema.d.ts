/* Made from schema.json by `pnpm sync`. */

/**
 * Sends the security headers, a Content-Security-Policy (report-only first) and right cache headers, by one wrap of the Next config.
 */
export interface HeadersOptions {
  /**
   * The Next app, by its name or the last part of it (default: the only one).
   */
  project?: string;
  /**
   * Content-Security-Policy: report what it would block, block it, or send none (default: report-only).
   */
  csp?: 'report-only' | 'enforce' | 'off';
  /**
   * Allow inline scripts by a nonce per request instead of 'unsafe-inline'. It makes every page dynamic: none is served from the CDN's cache any more (default: false).
   */
  nonce?: boolean;
  /**
   * A further source, as "<directive> <source>": "img-src https://media.example.com". Can be repeated (default: none).
   */
  cspSource?: string[];
  /**
   * Strict-Transport-Security for two years: for this host, with all subdomains (each must speak HTTPS), or with a wish to be on the browsers' preload list, which takes months to undo (default: host).
   */
  hsts?: 'host' | 'subdomains' | 'preload' | 'off';
  /**
   * Who may show the pages in a frame: nobody, or the site itself (default: deny; self with Payload, whose live preview frames the site).
   */
  framing?: 'deny' | 'self';
  /**
   * Browser features that the site's own pages may ask for. The features that the app's source uses are found by themselves (default: those).
   */
  allowFeature?: ('camera' | 'microphone' | 'geolocation' | 'usb')[];
}
