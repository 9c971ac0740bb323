//@ts-check

const { composePlugins, withNx } = require('@nx/next');
const { withHardening } = require('./hardening/next-config.cjs');

/**
 * @type {import('@nx/next/plugins/with-nx').WithNxOptions}
 **/
const nextConfig = {
  nx: { svgr: false },
};

const plugins = [
  // Add more Next.js plugins to this list if needed.
  withNx,
];

module.exports = withHardening(composePlugins(...plugins)(nextConfig));
