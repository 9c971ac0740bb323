import { NextResponse, type NextRequest } from 'next/server';

type Guard = (request: NextRequest) => Promise<NextResponse>;

/** Guards the app. */
export const middleware: Guard = async (request) => {
  return request.cookies.has('session') ? NextResponse.next() : NextResponse.redirect(new URL('/login', request.url));
};

export const config = { matcher: ['/app/:path*'] };
