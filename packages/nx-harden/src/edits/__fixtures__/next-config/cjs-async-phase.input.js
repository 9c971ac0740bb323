const { PHASE_DEVELOPMENT_SERVER } = require('next/constants');

module.exports = async (phase) => {
  const isDev = phase === PHASE_DEVELOPMENT_SERVER;
  return { env: { DEV: String(isDev) } };
};
