const withHardening = (config) => ({ ...config, trailingSlash: true });

module.exports = withHardening({});
