async function config(phase) {
  return { env: { PHASE: phase } };
}

module.exports = config;
