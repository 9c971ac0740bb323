const page = (children: React.ReactNode, theme: string) => (
  <body className={theme}>
    {children}
  </body>
);

const RootLayout = ({ children }: { children: React.ReactNode }) => <html lang="en">{page(children, 'dark')}</html>;
export default RootLayout;
