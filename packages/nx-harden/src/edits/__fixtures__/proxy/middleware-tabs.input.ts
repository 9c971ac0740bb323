import { NextResponse } from "next/server"

export const config = {
	matcher: [
		"/app/:path*", /* the app */
		"/me",
	],
}

export default async function middleware() {
	return NextResponse.next()
}
