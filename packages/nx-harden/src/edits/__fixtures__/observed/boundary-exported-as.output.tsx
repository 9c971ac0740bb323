'use client';

import { useReportedError } from '../hardening/sentry-error';

function Failed({ error }: { error: Error }) {
  useReportedError(error);
  return <p>{error.message}</p>;
}
export { Failed as default };
