import { memo, type PropsWithChildren } from 'react';

function RootLayout({ children }: PropsWithChildren) {
  return (
    <html lang="en">
      <body>
        <main>{children}</main>
      </body>
    </html>
  );
}

export default memo(RootLayout);
