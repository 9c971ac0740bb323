import type { NextRequest } from 'next/server';
import { NextResponse } from 'next/server';

export { proxy };

const proxy = (request: NextRequest) => NextResponse.rewrite(new URL('/en', request.url));
