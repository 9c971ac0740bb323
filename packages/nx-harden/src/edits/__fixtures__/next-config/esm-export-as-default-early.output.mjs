import { withHardening } from './hardening/next-config.cjs';

export { hardenedConfig as default, other };

const config = { trailingSlash: true };
const other = 1;

const hardenedConfig = withHardening(config);
