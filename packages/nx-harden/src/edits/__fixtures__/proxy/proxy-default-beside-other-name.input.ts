import { NextResponse } from 'next/server';

// Of no use to Next in this file.
export function middleware() {
  return 'middleware';
}

export default () => NextResponse.next();
