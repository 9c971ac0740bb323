import './env.mjs';
import { withHardening } from './hardening/next-config.cjs';

/** @type {import('next').NextConfig} */
const config = {
  env: { SEEN: process.env.FIXTURE_SEEN ?? '' },
};

export default withHardening(config);
