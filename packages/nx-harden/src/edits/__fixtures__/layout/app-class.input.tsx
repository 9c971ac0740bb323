import NextApp from 'next/app';

export default class App extends NextApp {
  override render() {
    const { Component, pageProps } = this.props;
    return (<Component {...pageProps} />);
  }
}
