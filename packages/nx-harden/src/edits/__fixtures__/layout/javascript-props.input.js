import React from 'react'
import Providers from './providers'

export default function RootLayout(props) {
  return React.useMemo(() => <html><body suppressHydrationWarning><Providers {...props} /></body></html>, [props])
}
