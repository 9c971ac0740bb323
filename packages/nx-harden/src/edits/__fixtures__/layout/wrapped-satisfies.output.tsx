import { withLocale } from '@/lib/locale';
import type { ComponentType } from 'react';
import { Analytics } from '@vercel/analytics/next';
import { SpeedInsights } from '@vercel/speed-insights/next';

const RootLayout = (({ children }) => (
  <html lang="en">
    <body>
      <div
        id="app"
      >{children}</div>
      <Analytics />
      <SpeedInsights />
    </body>
  </html>
)) satisfies ComponentType<{ children: React.ReactNode }>;

export default withLocale(RootLayout as ComponentType<{ children: React.ReactNode }>);
