import { Toaster } from 'sonner'; // toasts
/* The order of these two matters. */
import './reset.css'; // first
import './app.css';

export default function RootLayout({ children }: { children: React.ReactNode }) {
  return (
    <html lang="en">
      <body>
        {children}
        <Toaster richColors /> {/* keep it last */}
        {/* <OldAnalytics /> */}
      </body>
    </html>
  );
}
