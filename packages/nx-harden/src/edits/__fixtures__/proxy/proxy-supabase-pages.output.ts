import { type NextRequest } from "next/server";
import { updateSession } from "@/lib/supabase/middleware";
import { withRateLimit } from "./hardening/rate-limit";

export const proxy = withRateLimit(async function proxy(request: NextRequest) {
  return await updateSession(request);
}, () => config);

export const config = {
  matcher: [
    "/((?!api|_next/static|_next/image|favicon.ico|.*\\.(?:svg|png|jpg|jpeg|gif|webp)$).*)", // pages
    // "/api/private/:path*",
    "/api/:limited*",
  ],
};
