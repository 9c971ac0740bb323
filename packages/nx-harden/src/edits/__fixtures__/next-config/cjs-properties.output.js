const { withHardening } = require('./hardening/next-config.cjs');

module.exports.reactStrictMode = true;
module.exports.headers = async () => [{ source: '/a', headers: [{ key: 'X-A', value: '1' }] }];

module.exports = withHardening(module.exports);
