const { withHardening } = require('./hardening/next-config.cjs');

const nextConfig = {};
module.exports = nextConfig;
nextConfig.trailingSlash = true;

module.exports = withHardening(module.exports);
