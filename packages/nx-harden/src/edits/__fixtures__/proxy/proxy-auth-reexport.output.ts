import { auth } from '@/auth';
import { withRateLimit } from './hardening/rate-limit';

export const proxy = withRateLimit(auth);
