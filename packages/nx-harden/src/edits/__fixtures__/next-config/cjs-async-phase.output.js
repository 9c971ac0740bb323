const { PHASE_DEVELOPMENT_SERVER } = require('next/constants');
const { withHardening } = require('./hardening/next-config.cjs');

module.exports = withHardening(async (phase) => {
  const isDev = phase === PHASE_DEVELOPMENT_SERVER;
  return { env: { DEV: String(isDev) } };
});
