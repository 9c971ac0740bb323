/** How long a turn is, in ms. */
const TURN = 4;

let waiting = [];
let isRunning = false;

/**
 * Lets requests that come close together go on together, as those do that wait for one answer of Redis: a server gets
 * through work of one kind in a row a third quicker. The first of a turn does not wait, so a single request never does.
 */
export function inTurn() {
  const { NEXT_RUNTIME } = process.env;
  // There one request may not go on by the hand of another.
  if (NEXT_RUNTIME === 'edge') return undefined;
  if (isRunning) return new Promise((resolve) => void waiting.push(resolve));
  isRunning = true;
  setTimeout(endTurn, TURN);
  return undefined;
}

function endTurn() {
  const together = waiting;
  waiting = [];
  isRunning = together.length > 0;
  if (isRunning) setTimeout(endTurn, TURN);
  for (const goOn of together) goOn();
}
