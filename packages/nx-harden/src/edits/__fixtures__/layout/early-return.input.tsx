import { Header } from './header';

export default function RootLayout({ children, modal }: { children: React.ReactNode; modal: React.ReactNode }) {
  if (process.env.MAINTENANCE) {
    return (
      <html>
        <body><p>Back soon.</p></body>
      </html>
    );
  }
  return (
    <html>
      <body>
        <Header />
        {children}
        {modal}
      </body>
    </html>
  );
}
