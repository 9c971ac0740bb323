import { Analytics } from '@vercel/analytics/next';

export default function RootLayout({ children, admin }: { children: React.ReactNode; admin?: boolean }) {
  if (admin) {
    return (
      <html>
        <body data-admin>{children}</body>
      </html>
    );
  }
  return (
    <html>
      <body>
        {children}
        <Analytics mode="production" />
      </body>
    </html>
  );
}
