import type { AppProps } from 'next/app';
import { Frame } from '../components/frame';

export default function App({ Component, pageProps }: AppProps) {
  const page = <Component {...pageProps} key={pageProps.id} />;
  return <Frame>{page}</Frame>;
}
