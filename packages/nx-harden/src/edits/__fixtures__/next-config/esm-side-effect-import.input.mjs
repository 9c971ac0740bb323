import './env.mjs';

/** @type {import('next').NextConfig} */
const config = {
  env: { SEEN: process.env.FIXTURE_SEEN ?? '' },
};

export default config;
