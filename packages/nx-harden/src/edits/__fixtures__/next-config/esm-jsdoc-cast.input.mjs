export default /** @type {import('next').NextConfig} */ ({
  trailingSlash: true,
});
