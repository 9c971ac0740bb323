const { withSentryConfig } = require('@sentry/nextjs/config');
const { withHardening } = require('./hardening/next-config.cjs');

const nextConfig = {
  async headers() {
    return [{ source: '/:path*', headers: [{ key: 'X-Frame-Options', value: 'SAMEORIGIN' }] }];
  },
};

module.exports = withHardening(withSentryConfig(nextConfig, { org: 'acme', silent: true }));
