const { withHardening } = require('./hardening/next-config.cjs');

/** @type {import('next').NextConfig} */
const nextConfig = {
  reactStrictMode: true,
};

module.exports = withHardening(nextConfig);
