import { Shell } from '@acme/shell';

export default function RootLayout({ children }: { children: React.ReactNode }) {
  return (
    <html lang="en">
      <Shell>{children}</Shell>
    </html>
  );
}
