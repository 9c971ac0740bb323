import { clerkMiddleware } from "@clerk/nextjs/server";
import { withRateLimit } from "./hardening/rate-limit";

export default withRateLimit(clerkMiddleware(), () => config);

export const config = {
  matcher: ["/dashboard(.*)", "/", "/api/:limited*", "/:limited(login|sign-in|sign-up)"],
};
