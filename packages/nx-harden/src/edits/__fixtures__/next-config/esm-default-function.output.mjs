import { withHardening } from './hardening/next-config.cjs';

export default withHardening(function config(phase) {
  return { env: { PHASE: phase } };
});
