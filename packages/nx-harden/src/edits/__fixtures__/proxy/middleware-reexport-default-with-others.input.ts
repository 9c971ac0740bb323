export { signIn, auth as default } from '@/auth'
