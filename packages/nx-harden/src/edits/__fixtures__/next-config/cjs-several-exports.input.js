const base = { trailingSlash: true };
module.exports = base;
module.exports = { ...base, reactStrictMode: true };
