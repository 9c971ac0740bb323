import { NextResponse } from 'next/server';

export default () => NextResponse.next();
export let config = { matcher: ['/app'] };
