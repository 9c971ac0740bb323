import ThemeProvider from '@/components/theme-provider';

export default function RootLayout({ children }: { children: React.ReactNode }) {
  return (
    <html lang="en">
      <ThemeProvider attribute="class">
        <body>{children}</body>
      </ThemeProvider>
    </html>
  );
}
