import type { NextConfig } from 'next';

const config = async (): Promise<NextConfig> => ({ trailingSlash: true });

export { config as default };
