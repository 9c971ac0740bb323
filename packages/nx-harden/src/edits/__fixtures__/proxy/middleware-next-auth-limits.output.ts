import middleware from "next-auth/middleware"
import { withRateLimit } from "./hardening/rate-limit"

export default withRateLimit(middleware, () => config)

export const config = { matcher: [
  "/dashboard",
  "/account/:path*",
  "/api/:limited*",
  "/:limited((?!api/|_next/|monitoring(?:/|$)|.*\\.(?:ico|png|jpe?g|gif|webp|avif|svg|css|m?js|map|woff2?|ttf|otf|mp[34]|webm|m3u8|m4s|pdf|txt|xml|json|wasm|pbf|glb|gltf|webmanifest)$).*)?",
  { source: "/:limited*", has: [{ type: "header", key: "next-action" }] },
  {
    source: "/:limited*",
    has: [
      {
        type: "header",
        key: "content-type",
        value: "(?:multipart/form-data|application/x-www-form-urlencoded).*",
      },
    ],
  },
] }
