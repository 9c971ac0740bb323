/** How late a timer is when this process was too busy to hear an answer, in ms. */
const BUSY = 100;

/**
 * Calls back after so many ms; a little later, and with `isLate`, when the process was too busy to be on time, since
 * what is waited for may lie there unread. Returns what calls it off.
 */
export function onDeadline(ms, work) {
  const due = performance.now() + ms;
  let timer = setTimeout(() => {
    if (performance.now() - due < BUSY) work(false);
    else timer = setTimeout(() => work(true), BUSY);
  }, ms);
  return () => clearTimeout(timer);
}
