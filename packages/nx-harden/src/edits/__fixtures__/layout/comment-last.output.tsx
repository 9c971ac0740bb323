import { Toaster } from 'sonner'; // toasts
/* The order of these two matters. */
import './reset.css'; // first
import './app.css';
import { Analytics } from '@vercel/analytics/next';
import { SpeedInsights } from '@vercel/speed-insights/next';

export default function RootLayout({ children }: { children: React.ReactNode }) {
  return (
    <html lang="en">
      <body>
        {children}
        <Toaster richColors /> {/* keep it last */}
        {/* <OldAnalytics /> */}
        <Analytics />
        <SpeedInsights />
      </body>
    </html>
  );
}
