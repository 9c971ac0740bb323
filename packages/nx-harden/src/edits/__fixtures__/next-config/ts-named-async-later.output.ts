import type { NextConfig } from 'next';
import { withHardening } from './hardening/next-config.cjs';

const config = async (): Promise<NextConfig> => ({ trailingSlash: true });

export { hardenedConfig as default };

const hardenedConfig = withHardening(config);
