const { handler } = require('./lib/handler');
const { withRateLimit } = require('./hardening/rate-limit');

module.exports.middleware = withRateLimit(handler);
module.exports.config = { matcher: '/app' };
