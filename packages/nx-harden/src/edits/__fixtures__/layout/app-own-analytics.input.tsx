import type { AppProps } from 'next/app';
import { Analytics } from '@vercel/analytics/react';

export default function App({ Component, pageProps }: AppProps) {
  return (
    <>
      <Component {...pageProps} />
      <Analytics beforeSend={(event) => (event.url.includes('/private') ? null : event)} />
    </>
  );
}
