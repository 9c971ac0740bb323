const withBundleAnalyzer = require('@next/bundle-analyzer')({
  enabled: process.env.ANALYZE === 'true',
});
const { withHardening } = require('./hardening/next-config.cjs');

module.exports = withHardening(withBundleAnalyzer({ reactStrictMode: true }));
