import { Analytics } from './google-analytics';

export default function RootLayout({ children }: { children: React.ReactNode }) {
  const SpeedInsights = false;
  return (
    <html lang="en">
      <body>
        {children}
        {!SpeedInsights && <Analytics />}
      </body>
    </html>
  );
}
