import { createAuth } from './lib/create-auth';

export const { handlers, middleware } = createAuth();
export const config = { matcher: ['/me'] };
