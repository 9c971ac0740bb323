import { start } from "./telemetry"

// Starts what has to run once
export const register = async () => {
	await start()
}
