import { SpeedInsights } from '@vercel/speed-insights/next';
import { track } from '@vercel/analytics';

export default function RootLayout({ children }: { children: React.ReactNode }) {
  return (
    <html lang="en">
      <head>
        <SpeedInsights sampleRate={0.5} />
      </head>
      <body onLoad={() => track('load')}>{children}</body>
    </html>
  );
}
