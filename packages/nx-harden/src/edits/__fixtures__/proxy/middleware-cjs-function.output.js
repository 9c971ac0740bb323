const { NextResponse } = require('next/server');
const { withRateLimit } = require('./hardening/rate-limit');

module.exports = withRateLimit(function middleware(request) {
  return NextResponse.redirect(new URL('/login', request.url));
});
