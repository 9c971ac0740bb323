const { withHardening } = require('./hardening/next-config.cjs');

module.exports = withHardening({ trailingSlash: true });

const path = require('path');
void path;
