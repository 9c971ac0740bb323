const nextConfig = {};
