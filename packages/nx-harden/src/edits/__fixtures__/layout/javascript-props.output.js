import React from 'react'
import Providers from './providers'
import { Analytics } from '@vercel/analytics/next'
import { SpeedInsights } from '@vercel/speed-insights/next'

export default function RootLayout(props) {
  return React.useMemo(() => <html><body suppressHydrationWarning>
    <Providers {...props} />
    <Analytics />
    <SpeedInsights />
  </body></html>, [props])
}
