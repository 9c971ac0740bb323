import { withLocale } from '@/lib/locale';
import type { ComponentType } from 'react';

const RootLayout = (({ children }) => (
  <html lang="en">
    <body>
      <div
        id="app"
      >{children}</div>
    </body>
  </html>
)) satisfies ComponentType<{ children: React.ReactNode }>;

export default withLocale(RootLayout as ComponentType<{ children: React.ReactNode }>);
