const { withSentryConfig } = require('@sentry/nextjs/config');

const nextConfig = {
  async headers() {
    return [{ source: '/:path*', headers: [{ key: 'X-Frame-Options', value: 'SAMEORIGIN' }] }];
  },
};

module.exports = withSentryConfig(nextConfig, { org: 'acme', silent: true });
