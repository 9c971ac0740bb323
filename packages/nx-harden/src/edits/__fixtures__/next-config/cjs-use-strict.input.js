'use strict';

module.exports = { trailingSlash: true };
