import { Analytics } from '@vercel/analytics/next';
import { Analytics as VercelAnalytics } from '@vercel/analytics/next';
import { SpeedInsights } from '@vercel/speed-insights/next';

export default function RootLayout({ children, admin }: { children: React.ReactNode; admin?: boolean }) {
  if (admin) {
    return (
      <html>
        <body data-admin>
          {children}
          <VercelAnalytics />
          <SpeedInsights />
        </body>
      </html>
    );
  }
  return (
    <html>
      <body>
        {children}
        <Analytics mode="production" />
        <SpeedInsights />
      </body>
    </html>
  );
}
