const { withHardening } = require('./hardening/next-config.cjs');

const base = { trailingSlash: true };
module.exports = withHardening(Object.assign({}, base, { reactStrictMode: true }));
