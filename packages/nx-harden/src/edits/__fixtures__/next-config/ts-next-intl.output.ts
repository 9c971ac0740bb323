import type { NextConfig } from 'next';
import createNextIntlPlugin from 'next-intl/plugin';
import { withHardening } from './hardening/next-config.cjs';

const nextConfig: NextConfig = { trailingSlash: true };

const withNextIntl = createNextIntlPlugin();
export default withHardening(withNextIntl(nextConfig));
