const { withHardening } = require('./hardening/next-config.cjs');

module.exports = withHardening({
  trailingSlash: true, // keep
}); // the end

// module.exports = { old: true };
/* last */
