module.exports = function config() {
  return { trailingSlash: true };
};
