'use client';

import { useReportedError } from '../hardening/sentry-error';

export default function E({ error }: { error: Error }) {
  useReportedError(error);
  /* short */ return <p>{error.message}</p>; }
