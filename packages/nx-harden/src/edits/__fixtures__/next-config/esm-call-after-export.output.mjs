import { initOpenNextCloudflareForDev } from '@opennextjs/cloudflare';
import { withHardening } from './hardening/next-config.cjs';

const nextConfig = { trailingSlash: true };

export default withHardening(nextConfig);

initOpenNextCloudflareForDev();
