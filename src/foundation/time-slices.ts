import { RequestInvalidError } from '../model/index.js';

/** How long requests hold up the process at a time, all of them together. */
const SLICE_MS = 10;

/** Requests that wait for a slice get one each, in the order in which they came. */
let lastTurn: Promise<void> = Promise.resolve();
/** What was spent since the event loop last turned. */
let spentThisTurn = 0;

/**
 * Runs the steps of one request to their end without a break.
 *
 * @returns what the steps return
 * @throws RequestInvalidError when they take longer than `maxMs`; what a step throws
 */
export function runAtOnce<T>(steps: Iterator<unknown, T>, maxMs: number): T {
  const { ended } = runSlice(steps, maxMs, Number.POSITIVE_INFINITY);
  return (ended as IteratorReturnResult<T>).value;
}

/**
 * Runs the steps of one request in slices, between which the process answers other requests: at
 * once where the rest of the current slice is enough, and otherwise later.
 *
 * @param maxMs that all slices of the request may take together; waits for a slice do not count
 * @returns what the steps return
 * @throws RequestInvalidError when they take longer; what a step throws. Or the promise rejects
 *   with it
 */
export function runInSlices<T>(steps: Iterator<unknown, T>, maxMs: number): T | Promise<T> {
  if (spentThisTurn >= SLICE_MS) return finish(steps, maxMs);
  const { ended, spent } = runSlice(steps, maxMs, SLICE_MS - spentThisTurn);
  return ended === undefined ? finish(steps, maxMs - spent) : ended.value;
}

async function finish<T>(steps: Iterator<unknown, T>, maxMs: number): Promise<T> {
  for (let left = maxMs; ; ) {
    await nextTurn();
    const { ended, spent } = runSlice(steps, left, SLICE_MS);
    if (ended !== undefined) return ended.value;
    left -= spent;
  }
}

/** @returns the time that was spent, and the end of the steps where they came to it */
function runSlice<T>(
  steps: Iterator<unknown, T>,
  maxMs: number,
  sliceMs: number,
): { readonly ended: IteratorReturnResult<T> | undefined; readonly spent: number } {
  const start = performance.now();
  let spent = 0;
  try {
    for (;;) {
      const step = steps.next();
      if (step.done) return { ended: step, spent };
      spent = performance.now() - start;
      if (spent > maxMs) throw tooLong();
      if (spent >= sliceMs) return { ended: undefined, spent };
    }
  } finally {
    countSpent(performance.now() - start);
  }
}

function countSpent(ms: number): void {
  if (spentThisTurn === 0) {
    afterThisTurn(() => {
      spentThisTurn = 0;
    });
  }
  spentThisTurn += ms;
}

function nextTurn(): Promise<void> {
  lastTurn = lastTurn.then(() => new Promise<void>(afterThisTurn));
  return lastTurn;
}

function afterThisTurn(run: () => void): void {
  // Outside Node.js a timer is all there is.
  if (typeof setImmediate === 'function') setImmediate(run);
  else setTimeout(run, 0);
}

function tooLong(): RequestInvalidError {
  return new RequestInvalidError(
    'the request takes too long to decide on: ask for fewer names at a time',
  );
}
