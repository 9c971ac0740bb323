const { NextResponse } = require('next/server');

module.exports = function middleware(request) {
  return NextResponse.redirect(new URL('/login', request.url));
};
