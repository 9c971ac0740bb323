import type { FC, PropsWithChildren } from 'react';
import { Footer } from '@/components/footer';
import { Analytics } from '@vercel/analytics/next';
import { SpeedInsights } from '@vercel/speed-insights/next';

const Layout: FC<PropsWithChildren> = function Layout({ children }) {
  return (
    <html lang="en">
      <body className="flex flex-col">
        {children}

        <Footer
          year={2026}
          links={[{ href: '/imprint', title: 'Imprint' }]}
        />
        <Analytics />
        <SpeedInsights />
      </body>
    </html>
  );
};

export { Layout as default };
