'use strict';

const { NextResponse } = require('next/server');

function middleware() {
  return NextResponse.next();
}

const config = { matcher: ['/app'] };

module.exports = { middleware, config };
