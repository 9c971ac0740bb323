// Next puts <body> where it says {children}</body> here.
import Script from 'next/script';
import { Analytics } from '@vercel/analytics/next';
import { SpeedInsights } from '@vercel/speed-insights/next';

const theme = "document.write('<body>x</body>')";

export default function RootLayout({ children }: { children: React.ReactNode }) {
  return (
    <html lang="en">
      <head>
        <script dangerouslySetInnerHTML={{ __html: theme }} />
      </head>
      <body>
        {children}
        <Script id="end">{`console.log('</body>')`}</Script>
        <Analytics />
        <SpeedInsights />
      </body>
    </html>
  );
}
