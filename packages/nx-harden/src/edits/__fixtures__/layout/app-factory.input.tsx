import type { AppProps } from 'next/app';

const themed = (theme: string) =>
  function App({ Component, pageProps }: AppProps) {
    return <Component {...pageProps} theme={theme} />;
  };

export default themed('dark');
