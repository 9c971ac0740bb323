import { Providers } from './providers'
import type { ReactNode } from 'react'

const RootLayout = ({ children }: { children: ReactNode }) => (
  <html lang="de">
    <body className="min-h-screen">
      <Providers>{children}</Providers>
    </body>
  </html>
)

export default RootLayout
