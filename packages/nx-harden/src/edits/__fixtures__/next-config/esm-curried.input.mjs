const createX = (options) => (config) => ({ ...config, ...options });

export default createX({ trailingSlash: true })({ reactStrictMode: true });
