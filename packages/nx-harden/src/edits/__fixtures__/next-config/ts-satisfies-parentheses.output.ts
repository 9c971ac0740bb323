import type { NextConfig } from 'next';
import { withHardening } from './hardening/next-config.cjs';

export default withHardening(({ trailingSlash: true } satisfies NextConfig) as NextConfig);
