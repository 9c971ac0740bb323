import { withHardening } from './hardening/next-config.cjs';

const config = { trailingSlash: true };

export default /* the config */ withHardening(config) /* no more */;
