export default function RootLayout({ children }: { children: React.ReactNode }) {
  return (
    <html lang="en">
      <body>
        <>
          <nav />
          {children}
        </>
      </body>
    </html>
  );
}
