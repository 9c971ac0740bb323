import { NextResponse } from 'next/server';

export function middleware() {
  return NextResponse.next();
}

// Next passes over a config that is exported like this.
const config = { matcher: ['/app'] };
export { config };
