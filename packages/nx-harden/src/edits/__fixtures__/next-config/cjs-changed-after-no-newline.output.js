const { withHardening } = require('./hardening/next-config.cjs');

const nextConfig = {};
module.exports = nextConfig;
module.exports.trailingSlash = true;

module.exports = withHardening(module.exports);