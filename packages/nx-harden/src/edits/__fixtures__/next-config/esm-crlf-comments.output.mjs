// @ts-check

import { withHardening } from './hardening/next-config.cjs';

/** @type {import('next').NextConfig} */
const config = {};

export default withHardening(config);
// the end
