import { withHardening } from './hardening/next-config.cjs';

const nextConfig = { trailingSlash: true };

export { hardenedConfig as default };

const hardenedConfig = withHardening(nextConfig);
