import middleware from 'next-auth/middleware';
import { withRateLimit } from './hardening/rate-limit';

export default withRateLimit(middleware);
