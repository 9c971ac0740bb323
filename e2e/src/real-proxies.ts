import { join } from 'node:path';
import { put } from './workspace.ts';

/** Packages whose documentation tells apps to have a proxy, and what they need; each of a version that the registry has whole. */
export const PROXY_PACKAGES = [
  '@clerk/nextjs@7.9.17',
  '@supabase/ssr@0.12.7',
  '@supabase/supabase-js@2.119.1',
  'next-auth@4.24.15',
  'next-auth-5@npm:next-auth@5.0.0-beta.32',
  'next-intl@4.14.8',
  'use-intl@4.14.8',
  'icu-minify@4.14.8',
];

/** A proxy as the documentation of a package has it. */
export interface RealProxy {
  title: string;
  /** By name under `src/`; the first one is the proxy. */
  files: Record<string, string>;
  /** What stands in the proxy once it is limited. */
  limited: string;
}

export const REAL_PROXIES: RealProxy[] = [
  {
    title: '@clerk/nextjs: clerkMiddleware() with a matcher that covers the API',
    files: {
      'proxy.ts': `import { clerkMiddleware, createRouteMatcher } from '@clerk/nextjs/server';

const isProtectedRoute = createRouteMatcher(['/dashboard(.*)']);

export default clerkMiddleware(async (auth, request) => {
  if (isProtectedRoute(request)) await auth.protect();
});

export const config = {
  matcher: [
    // Skip Next.js internals and all static files, unless found in search params
    '/((?!_next|[^?]*\\\\.(?:html?|css|js(?!on)|jpe?g|webp|png|gif|svg|ttf|woff2?|ico|csv|docx?|xlsx?|zip|webmanifest)).*)',
    // Always run for API routes
    '/(api|trpc)(.*)',
  ],
};
`,
    },
    limited: 'export default withRateLimit(clerkMiddleware(async',
  },
  {
    title: '@supabase/ssr: updateSession()',
    files: {
      'proxy.ts': `import { type NextRequest } from 'next/server'
import { updateSession } from '@/lib/supabase/proxy'

export async function proxy(request: NextRequest) {
  return await updateSession(request)
}

export const config = {
  matcher: [
    '/((?!_next/static|_next/image|favicon.ico|.*\\\\.(?:svg|png|jpg|jpeg|gif|webp)$).*)',
  ],
}
`,
      'lib/supabase/proxy.ts': `import { createServerClient } from '@supabase/ssr'
import { NextResponse, type NextRequest } from 'next/server'

export async function updateSession(request: NextRequest) {
  let supabaseResponse = NextResponse.next({ request })

  const supabase = createServerClient(
    process.env.NEXT_PUBLIC_SUPABASE_URL!,
    process.env.NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY!,
    {
      cookies: {
        getAll() {
          return request.cookies.getAll()
        },
        setAll(cookiesToSet) {
          cookiesToSet.forEach(({ name, value }) => request.cookies.set(name, value))
          supabaseResponse = NextResponse.next({ request })
          cookiesToSet.forEach(({ name, value, options }) => supabaseResponse.cookies.set(name, value, options))
        },
      },
    }
  )

  const { data } = await supabase.auth.getClaims()
  if (!data?.claims && request.nextUrl.pathname.startsWith('/protected')) {
    const url = request.nextUrl.clone()
    url.pathname = '/auth/login'
    return NextResponse.redirect(url)
  }
  return supabaseResponse
}
`,
    },
    limited: 'export const proxy = withRateLimit(async function proxy(request: NextRequest) {',
  },
  {
    title: 'next-auth 4: its default export handed on',
    files: { 'middleware.ts': 'export { default } from "next-auth/middleware"\n\nexport const config = { matcher: ["/dashboard"] }\n' },
    limited: 'export default withRateLimit(',
  },
  {
    title: 'next-auth 5: auth as the proxy',
    files: {
      'proxy.ts': "export { auth as proxy } from '@/auth';\n",
      'auth.ts': "import NextAuth from 'next-auth-5';\n\nexport const { handlers, signIn, signOut, auth } = NextAuth({ providers: [] });\n",
    },
    limited: 'export const proxy = withRateLimit(auth)',
  },
  {
    title: 'next-auth 5: auth((request) => …)',
    files: {
      'proxy.ts': `import { auth } from '@/auth';

export default auth((req) => {
  if (!req.auth && req.nextUrl.pathname !== '/login') {
    const newUrl = new URL('/login', req.nextUrl.origin);
    return Response.redirect(newUrl);
  }
});

export const config = { matcher: ['/((?!api|_next/static|_next/image|favicon.ico).*)'] };
`,
      'auth.ts': "import NextAuth from 'next-auth-5';\n\nexport const { handlers, signIn, signOut, auth } = NextAuth({ providers: [] });\n",
    },
    limited: 'export default withRateLimit(auth((req) => {',
  },
];

/** next-intl's: redirects to a locale, and keeps out of the API. */
export const INTL: RealProxy = {
  title: 'next-intl: createMiddleware(routing)',
  files: {
    'proxy.ts': `import createMiddleware from 'next-intl/middleware';
import { routing } from './i18n/routing';

export default createMiddleware(routing);

export const config = {
  // Match all pathnames except for
  // - … if they start with \`/api\`, \`/trpc\`, \`/_next\` or \`/_vercel\`
  // - … the ones containing a dot (e.g. \`favicon.ico\`)
  matcher: '/((?!api|trpc|_next|_vercel|.*\\\\..*).*)'
};
`,
    'i18n/routing.ts': `import { defineRouting } from 'next-intl/routing';

export const routing = defineRouting({
  locales: ['en', 'de'],
  defaultLocale: 'en'
});
`,
  },
  limited: 'export default withRateLimit(createMiddleware(routing), () => config);',
};

/** next-auth's of version 4, in a middleware.ts: that runs in the edge runtime. */
export const WITH_AUTH: RealProxy = {
  title: 'next-auth 4: withAuth(), in the edge runtime',
  files: {
    'middleware.ts': `import { withAuth } from "next-auth/middleware"

export default withAuth({
  callbacks: {
    authorized({ req, token }) {
      // \`/admin\` requires admin role
      if (req.nextUrl.pathname === "/admin") {
        return token?.userRole === "admin"
      }
      // \`/me\` only requires the user to be logged in
      return !!token
    },
  },
})

export const config = { matcher: ["/admin", "/me"] }
`,
  },
  limited: 'export default withRateLimit(withAuth({',
};

/** Writes the files of a proxy into an app. */
export async function writeProxy(app: string, { files }: RealProxy): Promise<void> {
  for (const [name, content] of Object.entries(files)) await put(join(app, 'src', name), content);
}
