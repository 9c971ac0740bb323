import { auth } from "@/auth"
import { withRateLimit } from "./hardening/rate-limit"

export const middleware = withRateLimit(auth, () => config)

export const config = {
  matcher: ["/((?!api|_next/static|_next/image|favicon.ico).*)", "/api/:limited*"],
}
