import { Analytics } from '@/components/analytics';
import { VercelAnalytics } from '@/components/vercel';

export default function RootLayout({ children }: { children: React.ReactNode }) {
  return (
    <html lang="en">
      <body>
        {children}
        <Analytics />
        <VercelAnalytics />
      </body>
    </html>
  );
}
