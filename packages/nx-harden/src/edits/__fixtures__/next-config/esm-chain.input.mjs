import { withPayload } from '@payloadcms/next/withPayload';
import createMDX from '@next/mdx'; // pages in Markdown

const withMDX = createMDX();

export default withPayload(
  withMDX({
    async headers() {
      return [{ source: '/(.*)', headers: [{ key: 'Referrer-Policy', value: 'no-referrer' }] }];
    },
  }),
);
