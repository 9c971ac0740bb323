// Next puts <body> where it says {children}</body> here.
import Script from 'next/script';

const theme = "document.write('<body>x</body>')";

export default function RootLayout({ children }: { children: React.ReactNode }) {
  return (
    <html lang="en">
      <head>
        <script dangerouslySetInnerHTML={{ __html: theme }} />
      </head>
      <body>
        {children}
        <Script id="end">{`console.log('</body>')`}</Script>
      </body>
    </html>
  );
}
