/** What the fixture apps are made of. */

export const LAYOUT = `export default function RootLayout({ children }: { children: React.ReactNode }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
`;
export const PAGE = `export default function Page() {\n  return <h1>Hello</h1>;\n}\n`;
export const ESM_CONFIG = `const nextConfig = {};\n\nexport default nextConfig;\n`;
export const CJS_CONFIG = `//@ts-check\n\n/** @type {import('next').NextConfig} */\nconst nextConfig = {};\n\nmodule.exports = nextConfig;\n`;

export const json = (value: unknown): string => JSON.stringify(value, null, 2) + '\n';
export const rootManifest = (more: object = {}): string => json({ name: '@acme/source', private: true, ...more });
export const appManifest = (dependencies: Record<string, string>): string =>
  json({ name: '@acme/web', version: '0.0.1', private: true, dependencies });
export const NEXT_ALONE = { next: '~16.4.6', react: '^19.0.0', 'react-dom': '^19.0.0' };
/** With a database, as most have one. */
export const NEXT_16 = { ...NEXT_ALONE, pg: '^8.20.0' };
export const PNPM = { 'pnpm-workspace.yaml': "packages:\n  - 'apps/*'\n", 'pnpm-lock.yaml': "lockfileVersion: '9.0'\n" };
