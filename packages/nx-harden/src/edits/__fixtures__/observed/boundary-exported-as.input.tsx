'use client';

function Failed({ error }: { error: Error }) {
  return <p>{error.message}</p>;
}
export { Failed as default };
