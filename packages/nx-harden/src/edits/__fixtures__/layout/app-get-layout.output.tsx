import type { AppProps } from 'next/app';
import type { ReactElement, ReactNode } from 'react';
import { Analytics } from '@vercel/analytics/next';
import { SpeedInsights } from '@vercel/speed-insights/next';

type WithLayout = AppProps & { Component: { getLayout?: (page: ReactElement) => ReactNode } };

export default function App({ Component, pageProps }: WithLayout) {
  const getLayout = Component.getLayout ?? ((page) => page);

  return (
    <>
      {getLayout(<Component {...pageProps} />)}
      <Analytics />
      <SpeedInsights />
    </>
  );
}
