//@ts-check

const { withHardening } = require('./hardening/next-config.cjs');

/** @type {import('next').NextConfig} */
const nextConfig = {};

module.exports = withHardening(nextConfig);
