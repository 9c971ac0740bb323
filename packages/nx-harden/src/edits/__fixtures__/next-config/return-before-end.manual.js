module.exports = { trailingSlash: true };
if (process.env.CI) return;
module.exports = { trailingSlash: false };
