import { withHardening } from './own.mjs';
import { withHardening as withHardening2 } from './hardening/next-config.cjs';

export default withHardening2(withHardening({ reactStrictMode: true }));
