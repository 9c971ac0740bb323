import { withHardening } from './hardening/next-config.cjs';

const load = async () => ({ trailingSlash: true });

export default withHardening(load());
