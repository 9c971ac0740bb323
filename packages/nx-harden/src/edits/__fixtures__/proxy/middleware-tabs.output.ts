import { NextResponse } from "next/server"
import { withRateLimit } from "./hardening/rate-limit"

export const config = {
	matcher: [
		"/app/:path*", /* the app */
		"/me",
		"/api/:limited*",
		"/:limited(login|sign-in|sign-up)",
	],
}

export default withRateLimit(async function middleware() {
	return NextResponse.next()
}, () => config)
