const { NextResponse } = require('next/server');

exports.middleware = async (request) => NextResponse.next({ request });
exports.config = { matcher: ['/app'] };
