import { withHardening } from './hardening/next-config.cjs';

// why
export default withHardening(async function (phase) {
  return { env: { PHASE: phase } };
});
