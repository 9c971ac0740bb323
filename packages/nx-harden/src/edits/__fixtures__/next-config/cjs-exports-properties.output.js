const { withHardening } = require('./hardening/next-config.cjs');

exports.reactStrictMode = true;
exports.trailingSlash = true;

module.exports = withHardening(module.exports);
