import { withRateLimit } from './hardening/rate-limit';

export default () => new Response();
