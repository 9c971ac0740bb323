import type { NextConfig } from 'next';
import { withHardening } from './hardening/next-config.cjs';

export default withHardening(async function config(phase: string): Promise<NextConfig> {
  return { env: { PHASE: phase } };
});
