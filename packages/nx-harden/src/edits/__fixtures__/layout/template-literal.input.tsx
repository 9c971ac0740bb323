export default function RootLayout({ children }: { children: React.ReactNode }) {
  return (
    <html lang="en">
      <body><style>{`
  :root { --gap: 4px; }
`}</style>{children}</body>
    </html>
  );
}
