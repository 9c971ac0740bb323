//@ts-check
import { composePlugins, withNx, type WithNxOptions } from '@nx/next';
import { withHardening } from './hardening/next-config.cjs';

const nextConfig: WithNxOptions = {
  nx: {},
};

export default withHardening(composePlugins(withNx)(nextConfig));
