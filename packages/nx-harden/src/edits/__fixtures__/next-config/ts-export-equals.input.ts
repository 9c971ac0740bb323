const nextConfig = { trailingSlash: true };

export = nextConfig;
