const { withHardening } = require('./hardening/next-config.cjs');

async function config(phase) {
  return { env: { PHASE: phase } };
}

module.exports = withHardening(config);
