import type { NextConfig } from 'next';

export default ({ trailingSlash: true } satisfies NextConfig) as NextConfig;
