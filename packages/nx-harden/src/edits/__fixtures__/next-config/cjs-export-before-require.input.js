module.exports = { trailingSlash: true };

const path = require('path');
void path;
