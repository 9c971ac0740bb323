import type { ProxyConfig } from 'next/server';
import { handler } from './lib/handler';

export default handler;

export const config: ProxyConfig = { matcher: '/:path*' };
