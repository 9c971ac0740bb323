import { initOpenNextCloudflareForDev } from '@opennextjs/cloudflare';

const nextConfig = { trailingSlash: true };

export default nextConfig;

initOpenNextCloudflareForDev();
