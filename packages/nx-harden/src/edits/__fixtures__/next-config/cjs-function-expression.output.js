const { withHardening } = require('./hardening/next-config.cjs');

module.exports = withHardening(function config() {
  return { trailingSlash: true };
});
