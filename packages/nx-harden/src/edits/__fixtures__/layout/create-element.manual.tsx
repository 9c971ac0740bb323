import { createElement } from 'react';

// <html
export default function RootLayout({ children }: { children: React.ReactNode }) {
  return createElement('html', { lang: 'en' }, createElement('body', null, children));
}
