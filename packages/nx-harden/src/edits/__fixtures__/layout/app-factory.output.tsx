import type { AppProps } from 'next/app';
import { Analytics } from '@vercel/analytics/next';
import { SpeedInsights } from '@vercel/speed-insights/next';

const themed = (theme: string) =>
  function App({ Component, pageProps }: AppProps) {
    return (
      <>
        <Component {...pageProps} theme={theme} />
        <Analytics />
        <SpeedInsights />
      </>
    );
  };

export default themed('dark');
