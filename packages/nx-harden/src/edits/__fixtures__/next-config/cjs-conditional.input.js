if (process.env.ANALYZE) {
  module.exports = { trailingSlash: true };
} else {
  module.exports = { trailingSlash: false };
}
