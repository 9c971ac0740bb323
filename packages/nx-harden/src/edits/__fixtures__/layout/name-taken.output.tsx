import { Analytics } from './google-analytics';
import { Analytics as VercelAnalytics } from '@vercel/analytics/next';
import { SpeedInsights as VercelSpeedInsights } from '@vercel/speed-insights/next';

export default function RootLayout({ children }: { children: React.ReactNode }) {
  const SpeedInsights = false;
  return (
    <html lang="en">
      <body>
        {children}
        {!SpeedInsights && <Analytics />}
        <VercelAnalytics />
        <VercelSpeedInsights />
      </body>
    </html>
  );
}
