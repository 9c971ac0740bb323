const { handler } = require('./lib/handler');

module.exports.middleware = handler;
module.exports.config = { matcher: '/app' };
