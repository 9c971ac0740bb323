const nextConfig = { trailingSlash: true };

export { nextConfig as default };
