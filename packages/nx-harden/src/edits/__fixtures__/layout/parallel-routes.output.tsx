import { Analytics } from '@vercel/analytics/next';
import { SpeedInsights } from '@vercel/speed-insights/next';

type Slots = Record<'children' | 'analytics' | 'team', React.ReactNode>;

export default function RootLayout({ children, analytics, team }: Slots) {
  return (
    <html lang="en">
      <body>
        {children} {team}
        {analytics}
        <Analytics />
        <SpeedInsights />
      </body>
    </html>
  );
}
