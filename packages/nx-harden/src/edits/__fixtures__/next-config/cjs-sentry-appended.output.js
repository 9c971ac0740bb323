const nextConfig = { trailingSlash: true };

module.exports = nextConfig;

// Injected content via Sentry wizard below

const { withSentryConfig } = require('@sentry/nextjs/config');
const { withHardening } = require('./hardening/next-config.cjs');

module.exports = withSentryConfig(module.exports, { org: 'acme', silent: true });

module.exports = withHardening(module.exports);
