import { withHardening } from './hardening/next-config.cjs';

export default /** @type {import('next').NextConfig} */ (withHardening({
  trailingSlash: true,
}));
