'use client'

import { useReportedError } from '../hardening/sentry-error';

export default function Failed({ error = new Error('unknown') }) {
  useReportedError(error);
  [error].forEach((one) => console.error(one))
  return <p>{error.message}</p>
}
