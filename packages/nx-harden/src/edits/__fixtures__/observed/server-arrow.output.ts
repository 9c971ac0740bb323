import { start } from "./telemetry"
import { startSentry } from "./hardening/sentry-start"

// Starts what has to run once
export const register = async () => {
	await startSentry()
	await start()
}

export { reportRequestError as onRequestError } from "./hardening/sentry-start"
