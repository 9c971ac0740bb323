import { auth } from '@/auth';
export default auth;
export const config = { matcher: ['/account', '/api/(.*)', '/(login|sign-in|sign-up)'] };
