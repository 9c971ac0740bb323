const base = { trailingSlash: true };
module.exports = Object.assign({}, base, { reactStrictMode: true });
