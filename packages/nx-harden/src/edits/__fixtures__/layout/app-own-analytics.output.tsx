import type { AppProps } from 'next/app';
import { Analytics } from '@vercel/analytics/react';
import { SpeedInsights } from '@vercel/speed-insights/next';

export default function App({ Component, pageProps }: AppProps) {
  return (
    <>
      <Component {...pageProps} />
      <Analytics beforeSend={(event) => (event.url.includes('/private') ? null : event)} />
      <SpeedInsights />
    </>
  );
}
