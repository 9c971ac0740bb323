export function middleware(request: Request): Response;
export function middleware(request: Request, event: unknown): Response;
export function middleware(request: Request): Response {
  return Response.redirect(request.url);
}
