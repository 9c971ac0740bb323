import { PHASE_PRODUCTION_BUILD } from 'next/constants.js';

export default async (phase, { defaultConfig }) => {
  void defaultConfig;
  return { trailingSlash: phase === PHASE_PRODUCTION_BUILD };
};
