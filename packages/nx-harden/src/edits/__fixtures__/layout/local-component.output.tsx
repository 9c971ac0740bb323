import { Analytics } from '@vercel/analytics/next';
import { SpeedInsights } from '@vercel/speed-insights/next';

function Shell({ children }: { children: React.ReactNode }) {
  return (
    <body className="shell">
      <div id="root">{children}</div>
      <Analytics />
      <SpeedInsights />
    </body>
  );
}

export default function RootLayout({ children }: { children: React.ReactNode }) {
  return (
    <html lang="en">
      <Shell>{children}</Shell>
    </html>
  );
}
