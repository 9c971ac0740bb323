import { withPayload } from '@payloadcms/next/withPayload';
import type { NextConfig } from 'next';
import { withHardening } from './hardening/next-config.cjs';

const nextConfig: NextConfig = {
  webpack: (webpackConfig) => {
    webpackConfig.resolve.extensionAlias = { '.js': ['.ts', '.js'] };
    return webpackConfig;
  },
};

export default withHardening(withPayload(nextConfig, { devBundleServerPackages: false }));
