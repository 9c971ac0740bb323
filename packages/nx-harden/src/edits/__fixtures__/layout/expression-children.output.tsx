import { draftMode } from 'next/headers';
import { Analytics } from '@vercel/analytics/next';
import { SpeedInsights } from '@vercel/speed-insights/next';

export default async function RootLayout({ children }: { children: React.ReactNode }) {
  const { isEnabled } = await draftMode();
  return (
    <html lang="en">
      <body>
        {isEnabled ? (
          <aside>Preview</aside>
        ) : null}{children}
        <Analytics />
        <SpeedInsights />
      </body>
    </html>
  );
}
