import { Component, type ReactNode } from 'react';
import { Analytics } from '@vercel/analytics/next';
import { SpeedInsights } from '@vercel/speed-insights/next';

export default class RootLayout extends Component<{ children: ReactNode }> {
  render() {
    const { children } = this.props;
    return (
      <html lang="en">
        <body>
          {children}
          <Analytics />
          <SpeedInsights />
        </body>
      </html>
    );
  }
}
