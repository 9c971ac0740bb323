module.exports.reactStrictMode = true;
module.exports.headers = async () => [{ source: '/a', headers: [{ key: 'X-A', value: '1' }] }];
