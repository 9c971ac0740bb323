import type { AppProps } from 'next/app';
import { Admin } from '../components/admin';
import { Analytics } from '@vercel/analytics/next';
import { SpeedInsights } from '@vercel/speed-insights/next';

function App({ Component, pageProps, router }: AppProps) {
  if (router.isFallback) return null;
  return (
    <>
      {router.pathname.startsWith('/admin') ? (
        <Admin>
          <Component {...pageProps} />
        </Admin>
      ) : (
        <Component {...pageProps} />
      )}
      <Analytics />
      <SpeedInsights />
    </>
  );
}

export default App;
