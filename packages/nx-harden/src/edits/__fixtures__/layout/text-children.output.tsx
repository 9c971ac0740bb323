import { Analytics } from '@vercel/analytics/next';
import { SpeedInsights } from '@vercel/speed-insights/next';

export default function RootLayout({ children }: { children: React.ReactNode }) {
  return (
    <html lang="en">
      <body>
        Loading {children} and more
        <Analytics />
        <SpeedInsights />
      </body>
    </html>
  );
}
