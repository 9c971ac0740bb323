import { withPayload } from '@payloadcms/next/withPayload';
import createMDX from '@next/mdx'; // pages in Markdown
import { withHardening } from './hardening/next-config.cjs';

const withMDX = createMDX();

export default withHardening(withPayload(
  withMDX({
    async headers() {
      return [{ source: '/(.*)', headers: [{ key: 'Referrer-Policy', value: 'no-referrer' }] }];
    },
  }),
));
