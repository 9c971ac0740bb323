import { Header } from './header';
import { Analytics } from '@vercel/analytics/next';
import { SpeedInsights } from '@vercel/speed-insights/next';

export default function RootLayout({ children, modal }: { children: React.ReactNode; modal: React.ReactNode }) {
  if (process.env.MAINTENANCE) {
    return (
      <html>
        <body>
          <p>Back soon.</p>
          <Analytics />
          <SpeedInsights />
        </body>
      </html>
    );
  }
  return (
    <html>
      <body>
        <Header />
        {children}
        {modal}
        <Analytics />
        <SpeedInsights />
      </body>
    </html>
  );
}
