import { Analytics } from '@/components/analytics';
import { VercelAnalytics } from '@/components/vercel';
import { Analytics as VercelAnalytics2 } from '@vercel/analytics/next';
import { SpeedInsights } from '@vercel/speed-insights/next';

export default function RootLayout({ children }: { children: React.ReactNode }) {
  return (
    <html lang="en">
      <body>
        {children}
        <Analytics />
        <VercelAnalytics />
        <VercelAnalytics2 />
        <SpeedInsights />
      </body>
    </html>
  );
}
