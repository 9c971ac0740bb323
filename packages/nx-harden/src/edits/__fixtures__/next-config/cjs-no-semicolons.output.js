const path = require('path')
const { withHardening } = require('./hardening/next-config.cjs')

module.exports = withHardening({
  env: { ROOT: path.sep }
})
