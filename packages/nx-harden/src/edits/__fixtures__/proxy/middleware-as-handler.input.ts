import type { NextMiddleware } from 'next/server';
import { handler } from './lib/handler';

export const middleware = handler as NextMiddleware;
