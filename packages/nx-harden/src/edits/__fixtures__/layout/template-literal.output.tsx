import { Analytics } from '@vercel/analytics/next';
import { SpeedInsights } from '@vercel/speed-insights/next';

export default function RootLayout({ children }: { children: React.ReactNode }) {
  return (
    <html lang="en">
      <body>
        <style>{`
  :root { --gap: 4px; }
`}</style>{children}
        <Analytics />
        <SpeedInsights />
      </body>
    </html>
  );
}
