const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const PARENT_CHECK_MS = 500;

/** Resolves on Ctrl-C and its like, and when the process that started this one has died, which sends no signal. */
export function untilToldToStop(): { told: Promise<void>; dispose: () => void } {
  const parent = process.ppid;
  let tell: () => void = () => undefined;
  const told = new Promise<void>((resolve) => (tell = () => resolve()));
  for (const name of SIGNALS) process.on(name, tell);
  const check = setInterval(() => process.ppid === parent || tell(), PARENT_CHECK_MS);
  // Whoever reads what we say may be gone already; what runs is stopped all the same.
  const onBroken = (): void => undefined;
  for (const stream of [process.stdout, process.stderr]) stream.on('error', onBroken);
  return {
    told,
    dispose: () => {
      clearInterval(check);
      for (const name of SIGNALS) process.off(name, tell);
      for (const stream of [process.stdout, process.stderr]) stream.off('error', onBroken);
    },
  };
}
