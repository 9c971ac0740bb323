import middleware from "next-auth/middleware"
import { withRateLimit } from "./hardening/rate-limit"

export default withRateLimit(middleware, () => config)

export const config = { matcher: [
  "/dashboard",
  "/api/:limited*",
  "/:limited(login|sign-in|sign-up)",
] }
