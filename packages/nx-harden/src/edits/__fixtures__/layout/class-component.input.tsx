import { Component, type ReactNode } from 'react';

export default class RootLayout extends Component<{ children: ReactNode }> {
  render() {
    const { children } = this.props;
    return (
      <html lang="en">
        <body>
          {children}
        </body>
      </html>
    );
  }
}
