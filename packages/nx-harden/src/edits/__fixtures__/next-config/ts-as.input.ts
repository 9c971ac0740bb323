import type { NextConfig } from 'next';

const config = { trailingSlash: true };

export default config as NextConfig;
