/* Copyright 2026 Acme. */

'use client';

// The shell of all pages.
export default function RootLayout({ children }: { children: React.ReactNode }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
