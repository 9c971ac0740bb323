'use client';

import { memo } from 'react';
import { useReportedError } from '../hardening/sentry-error';

function Shown({ reset, ...rest }: { error: Error; reset: () => void }) {
  useReportedError(rest.error);
  return <button onClick={reset}>{rest.error.message}</button>;
}

export default memo(Shown);
