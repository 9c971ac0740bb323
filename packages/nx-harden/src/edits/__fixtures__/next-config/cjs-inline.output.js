const { withHardening } = require('./hardening/next-config.cjs');

module.exports = withHardening({
  reactStrictMode: true,
});
