const { NextResponse } = require('next/server');
const { withRateLimit } = require('./hardening/rate-limit');

exports.middleware = withRateLimit(async (request) => NextResponse.next({ request }));
exports.config = { matcher: ['/app'] };
