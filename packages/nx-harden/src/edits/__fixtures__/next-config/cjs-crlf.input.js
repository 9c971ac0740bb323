const path = require('path');

module.exports = {
  env: { ROOT: path.sep },
};
