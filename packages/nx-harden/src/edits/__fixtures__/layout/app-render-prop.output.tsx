import type { AppProps } from 'next/app';
import { Measure } from '../components/measure';
import { Analytics } from '@vercel/analytics/next';
import { SpeedInsights } from '@vercel/speed-insights/next';

export default function App({ Component, pageProps }: AppProps) {
  return (
    <>
      <Measure>
        {(width: number) => {
          return <Component {...pageProps} width={width} />;
        }}
      </Measure>
      <Analytics />
      <SpeedInsights />
    </>
  );
}
