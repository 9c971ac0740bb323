import { withPayload } from '@payloadcms/next/withPayload';
import { withHardening } from './hardening/next-config.cjs';

const nextConfig = { reactStrictMode: true };

module.exports = withHardening(withPayload(nextConfig));
