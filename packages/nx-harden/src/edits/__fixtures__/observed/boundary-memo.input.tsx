'use client';

import { memo } from 'react';

function Shown({ reset, ...rest }: { error: Error; reset: () => void }) {
  return <button onClick={reset}>{rest.error.message}</button>;
}

export default memo(Shown);
