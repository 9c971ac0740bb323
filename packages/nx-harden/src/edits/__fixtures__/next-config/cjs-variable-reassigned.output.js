const { withHardening } = require('./hardening/next-config.cjs');

let config = { reactStrictMode: true };
const withTrailing = (inner) => ({ ...inner, trailingSlash: true });
config = withTrailing(config);
module.exports = withHardening(config);
