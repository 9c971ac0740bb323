module.exports = Promise.resolve({ trailingSlash: true });
