import { withSentryConfig } from '@sentry/nextjs/config';
import createNextIntlPlugin from 'next-intl/plugin';

const withNextIntl = createNextIntlPlugin('./i18n.ts');

export default withSentryConfig(withNextIntl({ reactStrictMode: true }), {
  org: 'acme',
  silent: !process.env.CI,
});
