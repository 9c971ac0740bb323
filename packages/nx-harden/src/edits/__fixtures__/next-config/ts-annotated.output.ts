import type { NextConfig } from 'next';
import { withHardening } from './hardening/next-config.cjs';

const nextConfig: NextConfig = {
  /* config options here */
};

export default withHardening(nextConfig);
