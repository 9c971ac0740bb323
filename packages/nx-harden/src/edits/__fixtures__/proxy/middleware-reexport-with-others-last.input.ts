export {
  signIn,
  auth as middleware,
} from '@/auth';

export const config = {
  matcher: ['/app/:path*'],
};
