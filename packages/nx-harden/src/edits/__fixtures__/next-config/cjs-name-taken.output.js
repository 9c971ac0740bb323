const { withHardening: withHardening2 } = require('./hardening/next-config.cjs');

const withHardening = (config) => ({ ...config, trailingSlash: true });

module.exports = withHardening2(withHardening({}));
