const { withHardening } = require('./hardening/next-config.cjs');

const plugins = [(config) => ({ ...config, trailingSlash: true })];

module.exports = withHardening(() => plugins.reduce((config, plugin) => plugin(config), { reactStrictMode: true }));
