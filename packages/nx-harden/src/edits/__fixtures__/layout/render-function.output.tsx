import { Analytics } from '@vercel/analytics/next';
import { SpeedInsights } from '@vercel/speed-insights/next';

const page = (children: React.ReactNode, theme: string) => (
  <body className={theme}>
    {children}
    <Analytics />
    <SpeedInsights />
  </body>
);

const RootLayout = ({ children }: { children: React.ReactNode }) => <html lang="en">{page(children, 'dark')}</html>;
export default RootLayout;
