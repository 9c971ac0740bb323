'use strict';

const { NextResponse } = require('next/server');
const { withRateLimit } = require('./hardening/rate-limit');

function middleware() {
  return NextResponse.next();
}

const config = { matcher: ['/app'] };

module.exports = { middleware: withRateLimit(middleware), config };
