const { withHardening } = require('./hardening/next-config.cjs');

module.exports = withHardening((phase, { defaultConfig }) => {
  return { ...(phase ? {} : defaultConfig), reactStrictMode: true };
});
