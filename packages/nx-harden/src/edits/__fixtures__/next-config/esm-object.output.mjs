import { withHardening } from './hardening/next-config.cjs';

/** @type {import('next').NextConfig} */
const nextConfig = {};

export default withHardening(nextConfig);
