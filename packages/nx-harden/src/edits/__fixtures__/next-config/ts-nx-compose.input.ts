//@ts-check
import { composePlugins, withNx, type WithNxOptions } from '@nx/next';

const nextConfig: WithNxOptions = {
  nx: {},
};

export default composePlugins(withNx)(nextConfig);
