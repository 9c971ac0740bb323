'use client';

export default function GlobalError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <html lang="en">
      <body>
        <p>{error.message}</p>
        <button onClick={reset}>again</button>
      </body>
    </html>
  );
}
