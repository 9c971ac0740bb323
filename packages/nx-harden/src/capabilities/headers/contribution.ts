import type { ActiveCapabilities, ReadTree } from '../../capability';
import type { NextApp } from '../../next-app';
import type { CspContribution, NextConfigContribution } from '../../next-config/contribution';
import { readCapabilitySchema, resolvedOptions } from '../../schema-options';
import { barrelsOf } from './barrels';
import { cspDirectives } from './csp';
import { featuresUsed, type BrowserFeature } from './features';
import { headersSetElsewhere } from './header-sources';
import type { HeadersOptions } from './schema';

/** Two years: what the browsers' preload list asks for at least one of. */
const HSTS_SECONDS = 63_072_000;
const HSTS = { host: '', subdomains: '; includeSubDomains', preload: '; includeSubDomains; preload' };
/** Denied unless the app uses them. A name that a browser does not know would fill its console with warnings. */
const FEATURES: readonly BrowserFeature[] = ['camera', 'microphone', 'geolocation', 'usb'];

/** What the headers capability puts into `hardening/next-config.cjs`. A header that the team sends from elsewhere is left to it. */
export function headersContribution(tree: ReadTree, app: NextApp, active: ActiveCapabilities): NextConfigContribution {
  const options = headersOptions(active);
  const elsewhere = headersSetElsewhere(tree, app);
  return {
    securityHeaders: securityHeaders(tree, app, options).filter(({ key }) => !elsewhere.has(key.toLowerCase())),
    csp: cspOf(app, options, elsewhere),
    cache: {
      immutableFolder: 'immutable',
      // A file in public/ keeps its name when its content changes, so a browser must not keep it for long.
      publicImages: 'public, max-age=3600, stale-while-revalidate=86400',
    },
    images: { formats: ['image/avif', 'image/webp'] },
    optimizePackageImports: barrelsOf(app),
  };
}

/** The options of the headers capability, resolved from its record. */
export function headersOptions(active: ActiveCapabilities): HeadersOptions {
  return resolvedOptions(readCapabilitySchema('headers'), active['headers']?.options ?? {}) as unknown as HeadersOptions;
}

/** Who may frame the pages: Payload's live preview frames the site from its own admin. */
export function framingOf(app: NextApp, options: HeadersOptions): 'deny' | 'self' {
  return options.framing ?? ('payload' in app.dependencies ? 'self' : 'deny');
}

function securityHeaders(tree: ReadTree, app: NextApp, options: HeadersOptions) {
  const allowed = options.allowFeature ?? featuresUsed(tree, app);
  const permissions = FEATURES.map((feature) => `${feature}=(${allowed.includes(feature) ? 'self' : ''})`).join(', ');
  const hsts = options.hsts ?? 'host';
  return [
    ...(hsts === 'off' ? [] : [{ key: 'Strict-Transport-Security', value: `max-age=${HSTS_SECONDS}${HSTS[hsts]}` }]),
    { key: 'X-Content-Type-Options', value: 'nosniff' },
    { key: 'Referrer-Policy', value: 'strict-origin-when-cross-origin' },
    { key: 'Permissions-Policy', value: permissions },
    // For browsers and scanners that do not read frame-ancestors.
    { key: 'X-Frame-Options', value: framingOf(app, options) === 'self' ? 'SAMEORIGIN' : 'DENY' },
    // "allow-popups" keeps sign-in windows of other sites working.
    { key: 'Cross-Origin-Opener-Policy', value: 'same-origin-allow-popups' },
  ];
}

/** A policy of the team's own, wherever it is set, is not joined by a second one. With a nonce, the proxy sends it. */
function cspOf(app: NextApp, options: HeadersOptions, elsewhere: ReadonlySet<string>): CspContribution | undefined {
  const mode = options.csp ?? 'report-only';
  if (mode === 'off' || options.nonce || elsewhere.has('content-security-policy')) return undefined;
  return { mode, directives: cspDirectives(app, { framing: framingOf(app, options), further: options.cspSource ?? [] }) };
}
