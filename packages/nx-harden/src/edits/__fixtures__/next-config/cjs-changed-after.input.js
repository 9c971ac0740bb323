const nextConfig = {};
module.exports = nextConfig;
nextConfig.trailingSlash = true;
