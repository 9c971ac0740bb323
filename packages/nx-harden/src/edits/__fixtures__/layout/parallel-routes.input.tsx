type Slots = Record<'children' | 'analytics' | 'team', React.ReactNode>;

export default function RootLayout({ children, analytics, team }: Slots) {
  return (
    <html lang="en">
      <body>
        {children} {team}
        {analytics}</body>
    </html>
  );
}
