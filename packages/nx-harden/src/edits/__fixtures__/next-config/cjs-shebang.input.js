#!/usr/bin/env node

module.exports = { trailingSlash: true };
