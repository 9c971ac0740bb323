/** Somebody, or the system, wants us to stop. */
export class Interrupted extends Error {
  constructor(
    readonly by: NodeJS.Signals,
    outcome: string,
  ) {
    super(`Stopped by ${by}. ${outcome}`);
  }
}

const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Aborts on Ctrl-C and its like, so that what was begun is given up in order. A second Ctrl-C ends at once. `outcome` says what then is. */
export function abortOnSignals(outcome = 'No backup was made, and nothing was deleted.'): { signal: AbortSignal; dispose: () => void } {
  const controller = new AbortController();
  const stop = (by: NodeJS.Signals): void => {
    if (controller.signal.aborted && by === 'SIGINT') process.exit(130);
    controller.abort(new Interrupted(by, outcome));
  };
  for (const name of SIGNALS) process.on(name, stop);
  // Whoever reads what we say may go away; the work goes on.
  const onBroken = (): void => undefined;
  for (const stream of [process.stdout, process.stderr]) stream.on('error', onBroken);
  return {
    signal: controller.signal,
    dispose: () => {
      for (const name of SIGNALS) process.off(name, stop);
      for (const stream of [process.stdout, process.stderr]) stream.off('error', onBroken);
    },
  };
}
