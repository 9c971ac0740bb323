'use client';

import { useReportedError } from '../hardening/sentry-error';

export default function GlobalError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  useReportedError(error);
  return (
    <html lang="en">
      <body>
        <p>{error.message}</p>
        <button onClick={reset}>again</button>
      </body>
    </html>
  );
}
