import { withAuth } from "next-auth/middleware";
import { NextResponse } from "next/server";
import { withRateLimit } from "./hardening/rate-limit";

export default withRateLimit(withAuth(
  function middleware(req) {
    if (req.nextUrl.pathname.startsWith("/admin") && req.nextauth.token?.role !== "admin") {
      return NextResponse.redirect(new URL("/denied", req.url));
    }
  },
  {
    callbacks: {
      authorized: ({ token }) => !!token,
    },
  },
), () => config);

export const config = { matcher: [
  "/admin/:path*",
  "/me",
  "/api/:limited*",
  "/:limited(login|sign-in|sign-up)",
] };
