import { PHASE_PRODUCTION_BUILD } from 'next/constants.js';
import { withHardening } from './hardening/next-config.cjs';

export default withHardening(async (phase, { defaultConfig }) => {
  void defaultConfig;
  return { trailingSlash: phase === PHASE_PRODUCTION_BUILD };
});
