import { RequestInvalidError } from '../model/index.js';

/** How long requests hold up the process at a time, all of them together. */
const SLICE_MS = 10;

/** Milliseconds that are left to several runs together: each takes from them what it spends. */
export interface TimeBudget {
  leftMs: number;
}

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
  const ended = runSlice(steps, { leftMs: maxMs }, Number.POSITIVE_INFINITY);
  return (ended as IteratorReturnResult<T>).value;
}

/**
 * Runs the steps of one request in slices, between which the process answers other requests: at
 * once where the rest of the current slice is enough, and otherwise later.
 *
 * @param limit milliseconds that all slices of the request may take together, or a budget that it
 *   shares with others; waits for a slice do not count
 * @returns what the steps return
 * @throws RequestInvalidError when they take longer; what a step throws. Or the promise rejects
 *   with it
 */
export function runInSlices<T>(
  steps: Iterator<unknown, T>,
  limit: number | TimeBudget,
): T | Promise<T> {
  const budget = typeof limit === 'number' ? { leftMs: limit } : limit;
  if (spentThisTurn >= SLICE_MS) return finish(steps, budget);
  const ended = runSlice(steps, budget, SLICE_MS - spentThisTurn);
  return ended === undefined ? finish(steps, budget) : ended.value;
}

async function finish<T>(steps: Iterator<unknown, T>, budget: TimeBudget): Promise<T> {
  for (;;) {
    await nextTurn();
    const ended = runSlice(steps, budget, SLICE_MS);
    if (ended !== undefined) return ended.value;
  }
}

/** @returns the end of the steps where they came to it */
function runSlice<T>(
  steps: Iterator<unknown, T>,
  budget: TimeBudget,
  sliceMs: number,
): IteratorReturnResult<T> | undefined {
  const start = performance.now();
  const maxMs = budget.leftMs;
  try {
    for (;;) {
      const step = steps.next();
      if (step.done) return step;
      const spent = performance.now() - start;
      if (spent > maxMs) throw tooLong();
      if (spent >= sliceMs) return undefined;
    }
  } finally {
    const spent = performance.now() - start;
    budget.leftMs -= spent;
    countSpent(spent);
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
