import { Providers } from './providers'
import type { ReactNode } from 'react'
import { Analytics } from '@vercel/analytics/next'
import { SpeedInsights } from '@vercel/speed-insights/next'

const RootLayout = ({ children }: { children: ReactNode }) => (
  <html lang="de">
    <body className="min-h-screen">
      <Providers>{children}</Providers>
      <Analytics />
      <SpeedInsights />
    </body>
  </html>
)

export default RootLayout
