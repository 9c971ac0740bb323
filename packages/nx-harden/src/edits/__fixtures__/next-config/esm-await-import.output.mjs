import { withHardening } from './hardening/next-config.cjs';

await import('./env.mjs');

/** @type {import("next").NextConfig} */
const config = { reactStrictMode: true };

export default withHardening(config);
