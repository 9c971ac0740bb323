// Runs first.
export default (request: NextRequest) => handler(request);

import type { NextRequest } from 'next/server';
import { handler } from './lib/handler';
