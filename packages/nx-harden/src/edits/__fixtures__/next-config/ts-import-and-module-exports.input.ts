import { withPayload } from '@payloadcms/next/withPayload';

const nextConfig = { reactStrictMode: true };

module.exports = withPayload(nextConfig);
