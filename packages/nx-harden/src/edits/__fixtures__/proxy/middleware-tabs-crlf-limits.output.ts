import { handler } from "./lib/handler";
import { withRateLimit } from "./hardening/rate-limit";

export default withRateLimit(handler, () => config);

export const config = {
	matcher: [
		"/app/:path*",
		{ source: "/api/:path*" }, // all of it
		"/:limited((?!api/|_next/|monitoring(?:/|$)|.*\\.(?:ico|png|jpe?g|gif|webp|avif|svg|css|m?js|map|woff2?|ttf|otf|mp[34]|webm|m3u8|m4s|pdf|txt|xml|json|wasm|pbf|glb|gltf|webmanifest)$).*)?",
		{ source: "/:limited*", has: [{ type: "header", key: "next-action" }] },
		{
			source: "/:limited*",
			has: [
				{
					type: "header",
					key: "content-type",
					value: "(?:multipart/form-data|application/x-www-form-urlencoded).*"
				}
			]
		}
	]
};
