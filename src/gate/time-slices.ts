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
 * @throws RequestInvalidError when they take longer than `maxMs`; what a step throws
 */
export function runAtOnce(steps: Iterator<unknown>, maxMs: number): void {
  runSlice(steps, maxMs, Number.POSITIVE_INFINITY);
}

/**
 * Runs the steps of one request in slices, between which the process answers other requests: at once where the rest of the
 * current slice is enough, and otherwise later.
 *
 * @param maxMs that all slices of the request may take together; waits for a slice do not count
 * @throws RequestInvalidError when they take longer; what a step throws. Or the promise rejects with it
 */
export function runInSlices(steps: Iterator<unknown>, maxMs: number): void | Promise<void> {
  const spent = spentThisTurn < SLICE_MS ? runSlice(steps, maxMs, SLICE_MS - spentThisTurn) : 0;
  return spent === undefined ? undefined : finish(steps, maxMs - spent);
}

async function finish(steps: Iterator<unknown>, maxMs: number): Promise<void> {
  for (let left = maxMs; ; ) {
    await nextTurn();
    const spent = runSlice(steps, left, SLICE_MS);
    if (spent === undefined) return;
    left -= spent;
  }
}

/** @returns the time that was spent; undefined: the steps have ended */
function runSlice(steps: Iterator<unknown>, maxMs: number, sliceMs: number): number | undefined {
  const start = performance.now();
  let spent = 0;
  try {
    for (;;) {
      if (steps.next().done) return undefined;
      spent = performance.now() - start;
      if (spent > maxMs) throw tooLong();
      if (spent >= sliceMs) return spent;
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
