export { nextConfig as default } from './config.mjs';
