import { start } from "./telemetry"

// Starts what has to run once
export const register = async () => {
	if (process.env.NEXT_RUNTIME === "nodejs") await import("./sentry.server.config")
	if (process.env.NEXT_RUNTIME === "edge") await import("./sentry.edge.config")
	await start()
}

export { captureRequestError as onRequestError } from "@sentry/nextjs"
