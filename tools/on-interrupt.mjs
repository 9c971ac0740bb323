/**
 * Runs a clean-up when the process is told to stop, and ends it then. Asked once more, it goes on cleaning up.
 * @param {() => Promise<void>} cleanUp
 * @returns {() => boolean} whether that has happened: what fails from then on is a consequence
 */
export function onInterrupt(cleanUp) {
  let isStopping = false;
  for (const [signal, code] of /** @type {[NodeJS.Signals, number][]} */ ([['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]])) {
    // Not `once`: libraries that listen too end the process themselves when they find that they are alone.
    process.on(signal, async () => {
      if (isStopping) return;
      isStopping = true;
      await cleanUp();
      process.exit(code);
    });
  }
  return () => isStopping;
}
