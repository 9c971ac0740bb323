(async () => {
  module.exports = { trailingSlash: true };
})();
