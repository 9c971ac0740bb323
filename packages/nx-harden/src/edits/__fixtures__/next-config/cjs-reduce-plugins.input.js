const plugins = [(config) => ({ ...config, trailingSlash: true })];

module.exports = () => plugins.reduce((config, plugin) => plugin(config), { reactStrictMode: true });
