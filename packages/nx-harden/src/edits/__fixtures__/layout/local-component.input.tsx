function Shell({ children }: { children: React.ReactNode }) {
  return (
    <body className="shell">
      <div id="root">{children}</div>
    </body>
  );
}

export default function RootLayout({ children }: { children: React.ReactNode }) {
  return (
    <html lang="en">
      <Shell>{children}</Shell>
    </html>
  );
}
