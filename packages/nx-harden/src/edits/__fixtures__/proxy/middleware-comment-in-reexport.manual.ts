export { auth /* of the edge */ as middleware } from '@/auth';
