import type { AppProps } from 'next/app';
import { Frame } from '../components/frame';
import { Analytics } from '@vercel/analytics/next';
import { SpeedInsights } from '@vercel/speed-insights/next';

export default function App({ Component, pageProps }: AppProps) {
  const page = <Component {...pageProps} key={pageProps.id} />;
  return (
    <>
      <Frame>{page}</Frame>
      <Analytics />
      <SpeedInsights />
    </>
  );
}
