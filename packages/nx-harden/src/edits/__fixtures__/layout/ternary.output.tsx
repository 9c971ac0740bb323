import { isClosed } from '@/lib/flags';
import { Analytics } from '@vercel/analytics/next';
import { SpeedInsights } from '@vercel/speed-insights/next';

export default function RootLayout({ children }: { children: React.ReactNode }) {
  return (
    <html lang="en">
      {isClosed ? (
        <body className="closed">
          <h1>Back soon</h1>
          <Analytics />
          <SpeedInsights />
        </body>
      ) : (
        <body>
          {children}
          <Analytics />
          <SpeedInsights />
        </body>
      )}
    </html>
  );
}
