import { withHardening } from './hardening/next-config.cjs';

export default withHardening({
  images: { formats: ['image/webp'], remotePatterns: [{ protocol: 'https', hostname: 'img.example.com' }] },
  experimental: { optimizePackageImports: ['my-icons'] },
});
