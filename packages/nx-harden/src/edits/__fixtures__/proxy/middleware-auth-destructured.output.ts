import NextAuth from "next-auth"
import authConfig from "./auth.config"
import { withRateLimit } from "./hardening/rate-limit"

const { auth: unlimitedMiddleware } = NextAuth(authConfig)
export const middleware = withRateLimit(unlimitedMiddleware, () => config)

export const config = {
  matcher: ["/((?!api|_next/static|_next/image|favicon.ico).*)", "/api/:limited*"],
} as const
