import { handler } from "./lib/handler";

export default handler;

export const config = {
	matcher: [
		"/app/:path*",
		{ source: "/api/:path*" } // all of it
	]
};
