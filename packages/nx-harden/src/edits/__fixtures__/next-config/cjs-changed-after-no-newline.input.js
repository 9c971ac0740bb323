const nextConfig = {};
module.exports = nextConfig;
module.exports.trailingSlash = true;