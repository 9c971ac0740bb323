module.exports = (void 0, { trailingSlash: true });
