import { withHardening } from './hardening/next-config.cjs';

const nextConfig = { trailingSlash: true };

export = withHardening(nextConfig);
