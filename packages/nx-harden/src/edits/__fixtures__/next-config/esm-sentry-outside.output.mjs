import { withSentryConfig } from '@sentry/nextjs/config';
import createNextIntlPlugin from 'next-intl/plugin';
import { withHardening } from './hardening/next-config.cjs';

const withNextIntl = createNextIntlPlugin('./i18n.ts');

export default withHardening(withSentryConfig(withNextIntl({ reactStrictMode: true }), {
  org: 'acme',
  silent: !process.env.CI,
}));
