import { auth } from '@/auth';
import { withRateLimit } from './hardening/rate-limit';
export default withRateLimit(auth);
export const config = { matcher: ['/account', '/api/(.*)', '/(login|sign-in|sign-up)'] };
