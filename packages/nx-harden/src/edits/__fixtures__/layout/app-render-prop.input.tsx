import type { AppProps } from 'next/app';
import { Measure } from '../components/measure';

export default function App({ Component, pageProps }: AppProps) {
  return (
    <Measure>
      {(width: number) => {
        return <Component {...pageProps} width={width} />;
      }}
    </Measure>
  );
}
