/*
 * Copyright Acme.
 */

// The config.
module.exports = { trailingSlash: true };
