const config = {};
export default config;
config.trailingSlash = true;
