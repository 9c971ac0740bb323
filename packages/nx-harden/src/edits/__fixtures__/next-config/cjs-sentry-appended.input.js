const nextConfig = { trailingSlash: true };

module.exports = nextConfig;

// Injected content via Sentry wizard below

const { withSentryConfig } = require('@sentry/nextjs/config');

module.exports = withSentryConfig(module.exports, { org: 'acme', silent: true });
