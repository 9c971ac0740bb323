import { auth } from '@/auth';

export { auth as default };
export const config = { matcher: ['/account'] };
