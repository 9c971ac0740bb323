import './globals.css';

/** @type {import('next').Metadata} */
export const metadata = { title: 'Shop' };

/** @param {{ children: import('react').ReactNode }} props */
export default function RootLayout({ children }) {
    return (
        <html lang="en">
            <body>{children}</body>
        </html>
    );
}
