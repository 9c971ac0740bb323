import { flags } from '@/lib/flags';

export default async function RootLayout({ children }: { children: React.ReactNode }) {
  const body = <body data-flags={JSON.stringify(flags)}>{children}</body>;
  return <html lang="en">{body}</html>;
}
