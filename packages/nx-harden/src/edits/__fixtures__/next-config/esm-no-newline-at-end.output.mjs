import { withHardening } from './hardening/next-config.cjs';

export default withHardening({ trailingSlash: true })