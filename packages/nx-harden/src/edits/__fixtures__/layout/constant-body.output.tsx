import { flags } from '@/lib/flags';
import { Analytics } from '@vercel/analytics/next';
import { SpeedInsights } from '@vercel/speed-insights/next';

export default async function RootLayout({ children }: { children: React.ReactNode }) {
  const body = <body data-flags={JSON.stringify(flags)}>
    {children}
    <Analytics />
    <SpeedInsights />
  </body>;
  return <html lang="en">{body}</html>;
}
