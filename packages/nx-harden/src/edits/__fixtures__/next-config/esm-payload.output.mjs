import { withPayload } from '@payloadcms/next/withPayload';
import { withHardening } from './hardening/next-config.cjs';

/** @type {import('next').NextConfig} */
const nextConfig = {
  reactStrictMode: true,
};

export default withHardening(withPayload(nextConfig, { devBundleServerPackages: false }));
