import { isClosed } from '@/lib/flags';

export default function RootLayout({ children }: { children: React.ReactNode }) {
  return (
    <html lang="en">
      {isClosed ? (
        <body className="closed">
          <h1>Back soon</h1>
        </body>
      ) : (
        <body>{children}</body>
      )}
    </html>
  );
}
