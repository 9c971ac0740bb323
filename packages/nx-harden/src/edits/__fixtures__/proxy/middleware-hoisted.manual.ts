import { chain } from '@/middlewares/chain';

export const guarded = chain([() => middleware]);

export function middleware() {
  return new Response();
}
