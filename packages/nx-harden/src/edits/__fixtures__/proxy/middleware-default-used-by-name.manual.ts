export default function middleware() {
  return new Response();
}

export const other = middleware;
