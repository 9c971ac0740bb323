export default function RootLayout(props: { children: React.ReactNode }) {
  return (
    <html lang="en">
      <body {...props} />
    </html>
  );
}
