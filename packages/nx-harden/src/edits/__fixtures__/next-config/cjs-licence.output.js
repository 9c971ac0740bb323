/*
 * Copyright Acme.
 */

const { withHardening } = require('./hardening/next-config.cjs');

// The config.
module.exports = withHardening({ trailingSlash: true });
