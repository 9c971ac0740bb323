import { NextResponse, type NextRequest } from 'next/server';

export const middleware = async function middleware(request: NextRequest) {
  return NextResponse.next({ request });
};
