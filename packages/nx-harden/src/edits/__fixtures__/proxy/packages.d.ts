// What the fixtures import, with the signatures that the real packages have, as far as a proxy file meets them.

declare module '*/hardening/rate-limit' {
  import type { NextMiddleware } from 'next/server';
  /** The first form lends its types to a handler that is written in place; the second takes every other one. */
  export function withRateLimit(handler: NextMiddleware, config?: () => { matcher?: unknown }): NextMiddleware;
  export function withRateLimit<Given extends (...given: never[]) => unknown>(handler: Given, config?: () => { matcher?: unknown }): NextMiddleware;
}

declare module '@clerk/nextjs/server' {
  import type { NextMiddleware, NextRequest, NextFetchEvent } from 'next/server';
  interface AuthFn {
    (): Promise<{ userId: string | null; redirectToSignIn: () => Response }>;
    protect: () => Promise<{ userId: string }>;
  }
  type Return = ReturnType<NextMiddleware>;
  type Handler = (auth: AuthFn, request: NextRequest, event: NextFetchEvent) => Return;
  interface Options {
    debug?: boolean;
  }
  interface ClerkMiddleware {
    (handler: Handler, options?: Options): NextMiddleware;
    (handler: Handler, options?: (request: NextRequest) => Options | Promise<Options>): NextMiddleware;
    (options?: Options): NextMiddleware;
    (request: NextRequest, event: NextFetchEvent): Return;
  }
  export const clerkMiddleware: ClerkMiddleware;
  export const createRouteMatcher: (routes: (string | RegExp)[]) => (request: NextRequest) => boolean;
}

declare module 'next-auth/middleware' {
  import type { NextFetchEvent, NextMiddleware, NextRequest } from 'next/server';
  type Result = ReturnType<NextMiddleware> | void;
  interface NextRequestWithAuth extends NextRequest {
    nextauth: { token: Record<string, unknown> | null };
  }
  interface Options {
    callbacks?: { authorized?: (params: { token: Record<string, unknown> | null; req: NextRequest }) => boolean | PromiseLike<boolean> };
  }
  type NextMiddlewareWithAuth = (request: NextRequestWithAuth, event: NextFetchEvent) => Result | Promise<Result>;
  export function withAuth(): ReturnType<NextMiddlewareWithAuth>;
  export function withAuth(req: NextRequestWithAuth): ReturnType<NextMiddlewareWithAuth>;
  export function withAuth(req: NextRequestWithAuth, event: NextFetchEvent): ReturnType<NextMiddlewareWithAuth>;
  export function withAuth(req: NextRequestWithAuth, options: Options): ReturnType<NextMiddlewareWithAuth>;
  export function withAuth(middleware: NextMiddlewareWithAuth, options: Options): NextMiddlewareWithAuth;
  export function withAuth(middleware: NextMiddlewareWithAuth): NextMiddlewareWithAuth;
  export function withAuth(options: Options): NextMiddlewareWithAuth;
  export default withAuth;
}

declare module 'next-auth' {
  import type { NextRequest } from 'next/server';
  interface Session {
    user?: { name?: string };
  }
  interface NextAuthRequest extends NextRequest {
    auth: Session | null;
  }
  interface Context {
    params: Promise<Record<string, string>>;
  }
  type AppRouteHandlerFn = (req: NextRequest, ctx: Context) => void | Response | Promise<void | Response>;
  interface NextAuthResult {
    auth: ((...args: [{ query: object }, { status: object }]) => Promise<Session | null>) &
      ((...args: []) => Promise<Session | null>) &
      ((...args: [{ resolvedUrl: string }]) => Promise<Session | null>) &
      ((...args: [(req: NextAuthRequest, ctx: Context) => ReturnType<AppRouteHandlerFn>]) => AppRouteHandlerFn);
    signIn: (provider?: string) => Promise<void>;
    signOut: () => Promise<void>;
  }
  export default function NextAuth(config: { providers: unknown[] }): NextAuthResult;
}

declare module '@/auth' {
  import NextAuth from 'next-auth';
  const result: ReturnType<typeof NextAuth>;
  export const auth: typeof result.auth;
  export const signIn: typeof result.signIn;
  export const signOut: typeof result.signOut;
}

declare module '*/auth.config' {
  export const authConfig: { providers: unknown[] };
  export const config: { providers: unknown[] };
  export default authConfig;
}

declare module 'next-intl/middleware' {
  import type { NextRequest, NextResponse } from 'next/server';
  export default function createMiddleware<const Locales extends readonly string[]>(routing: { locales: Locales; defaultLocale: Locales[number] }): (request: NextRequest) => NextResponse<unknown>;
}

declare module '*/i18n/routing' {
  export const routing: { locales: readonly ['en', 'de']; defaultLocale: 'en' };
}

declare module '@/lib/supabase/middleware' {
  import type { NextRequest, NextResponse } from 'next/server';
  export function updateSession(request: NextRequest): Promise<NextResponse>;
}

declare module '@/middlewares/chain' {
  import type { NextMiddleware } from 'next/server';
  export function chain(factories: ((next: NextMiddleware) => NextMiddleware)[], index?: number): NextMiddleware;
}

declare module '@/middlewares/with-headers' {
  import type { NextMiddleware } from 'next/server';
  export const withHeaders: (next: NextMiddleware) => NextMiddleware;
}

declare module '@/middlewares/with-logging' {
  import type { NextMiddleware } from 'next/server';
  export const withLogging: (next: NextMiddleware) => NextMiddleware;
}

declare module '*/lib/handler' {
  import type { NextRequest } from 'next/server';
  export const handler: (request: NextRequest) => Response | undefined;
}

declare module '*/lib/session' {
  import type { NextProxy } from 'next/server';
  export const proxy: NextProxy;
}

declare module '*/lib/create-auth' {
  import type { NextRequest } from 'next/server';
  export function createAuth(): { handlers: object; middleware: (request: NextRequest) => Promise<Response> };
}

declare module '*/lib/own-limit' {
  import type { NextMiddleware } from 'next/server';
  export function withRateLimit(handler: () => Response): NextMiddleware;
}
