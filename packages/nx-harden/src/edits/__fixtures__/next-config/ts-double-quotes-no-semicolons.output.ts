import type { NextConfig } from "next"
import { withHardening } from "./hardening/next-config.cjs"

const config: NextConfig = { trailingSlash: true }

export default withHardening(config)
