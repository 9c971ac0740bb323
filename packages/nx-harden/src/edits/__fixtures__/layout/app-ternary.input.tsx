import type { AppProps } from 'next/app';
import { Admin } from '../components/admin';

function App({ Component, pageProps, router }: AppProps) {
  if (router.isFallback) return null;
  return router.pathname.startsWith('/admin') ? (
    <Admin>
      <Component {...pageProps} />
    </Admin>
  ) : (
    <Component {...pageProps} />
  );
}

export default App;
