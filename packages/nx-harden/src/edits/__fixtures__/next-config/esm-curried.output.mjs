import { withHardening } from './hardening/next-config.cjs';

const createX = (options) => (config) => ({ ...config, ...options });

export default withHardening(createX({ trailingSlash: true })({ reactStrictMode: true }));
