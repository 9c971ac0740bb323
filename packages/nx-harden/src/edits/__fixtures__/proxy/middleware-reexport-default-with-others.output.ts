import { auth } from '@/auth'
import { withRateLimit } from './hardening/rate-limit'

export { signIn } from '@/auth'

export default withRateLimit(auth)
