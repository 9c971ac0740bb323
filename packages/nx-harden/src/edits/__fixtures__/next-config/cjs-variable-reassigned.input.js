let config = { reactStrictMode: true };
const withTrailing = (inner) => ({ ...inner, trailingSlash: true });
config = withTrailing(config);
module.exports = config;
