import NextApp from 'next/app';
import { Analytics } from '@vercel/analytics/next';
import { SpeedInsights } from '@vercel/speed-insights/next';

export default class App extends NextApp {
  override render() {
    const { Component, pageProps } = this.props;
    return (
      <>
        <Component {...pageProps} />
        <Analytics />
        <SpeedInsights />
      </>
    );
  }
}
