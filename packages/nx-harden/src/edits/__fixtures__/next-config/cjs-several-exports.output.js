const { withHardening } = require('./hardening/next-config.cjs');

const base = { trailingSlash: true };
module.exports = base;
module.exports = withHardening({ ...base, reactStrictMode: true });
