import type { AppProps } from 'next/app';
import { createElement } from 'react';

export default function App({ Component, pageProps }: AppProps) {
  return createElement(Component, pageProps);
}
