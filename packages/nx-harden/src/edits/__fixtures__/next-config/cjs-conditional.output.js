const { withHardening } = require('./hardening/next-config.cjs');

if (process.env.ANALYZE) {
  module.exports = { trailingSlash: true };
} else {
  module.exports = { trailingSlash: false };
}

module.exports = withHardening(module.exports);
