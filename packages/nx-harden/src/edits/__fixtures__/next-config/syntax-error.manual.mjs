export default {
  trailingSlash: true
