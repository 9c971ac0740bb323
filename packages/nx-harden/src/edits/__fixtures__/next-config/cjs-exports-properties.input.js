exports.reactStrictMode = true;
exports.trailingSlash = true;
