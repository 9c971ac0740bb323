const { NextResponse } = require("next/server")
const { withRateLimit } = require("./hardening/rate-limit")

module.exports = {
  middleware: withRateLimit(() => NextResponse.next()),
  config: { matcher: ["/app"] },
}
