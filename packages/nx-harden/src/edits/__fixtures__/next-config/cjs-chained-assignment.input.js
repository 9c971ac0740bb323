module.exports = exports = { trailingSlash: true };
