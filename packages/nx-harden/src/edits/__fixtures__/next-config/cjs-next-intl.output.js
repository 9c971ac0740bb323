const createNextIntlPlugin = require('next-intl/plugin');
const { withHardening } = require('./hardening/next-config.cjs');

const withNextIntl = createNextIntlPlugin();

module.exports = withHardening(withNextIntl({ reactStrictMode: true }));
