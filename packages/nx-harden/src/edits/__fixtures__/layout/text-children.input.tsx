export default function RootLayout({ children }: { children: React.ReactNode }) {
  return (
    <html lang="en">
      <body> Loading {children} and more </body>
    </html>
  );
}
