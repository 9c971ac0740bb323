const { withHardening } = require('./hardening/next-config.cjs');

module.exports = withHardening(Promise.resolve({ trailingSlash: true }));
