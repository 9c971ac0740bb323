const { NextResponse } = require("next/server")

module.exports = {
  middleware: () => NextResponse.next(),
  config: { matcher: ["/app"] },
}
