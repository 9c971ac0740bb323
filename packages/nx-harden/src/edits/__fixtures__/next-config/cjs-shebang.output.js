#!/usr/bin/env node

const { withHardening } = require('./hardening/next-config.cjs');

module.exports = withHardening({ trailingSlash: true });
