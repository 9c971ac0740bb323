export default function RootLayout({ html }: { html: string }) {
  return (
    <html lang="en">
      <body dangerouslySetInnerHTML={{ __html: html }}></body>
    </html>
  );
}
