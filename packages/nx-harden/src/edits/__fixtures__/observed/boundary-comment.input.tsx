'use client';

export default function E({ error }: { error: Error }) { /* short */ return <p>{error.message}</p>; }
