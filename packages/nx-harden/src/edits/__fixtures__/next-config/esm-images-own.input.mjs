export default {
  images: { formats: ['image/webp'], remotePatterns: [{ protocol: 'https', hostname: 'img.example.com' }] },
  experimental: { optimizePackageImports: ['my-icons'] },
};
