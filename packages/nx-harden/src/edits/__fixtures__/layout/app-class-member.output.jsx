import App from 'next/app'
import { Analytics } from '@vercel/analytics/next'
import { SpeedInsights } from '@vercel/speed-insights/next'

class Shop extends App {
  componentDidMount() {
    window.scrollTo(0, 0)
  }

  render() {
    return (
      <>
        <this.props.Component {...this.props.pageProps} />
        <Analytics />
        <SpeedInsights />
      </>
    )
  }
}

export default Shop
