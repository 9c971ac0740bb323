import App from 'next/app'

class Shop extends App {
  componentDidMount() {
    window.scrollTo(0, 0)
  }

  render() {
    return <this.props.Component {...this.props.pageProps} />
  }
}

export default Shop
