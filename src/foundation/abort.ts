/** What is used of an `AbortSignal`. The signals of other libraries have it, too. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  /** As of `AbortSignal`. */
  addEventListener(type: 'abort', listener: () => void, options?: unknown): void;
  /** As of `AbortSignal`. */
  removeEventListener(type: 'abort', listener: () => void, options?: unknown): void;
}

/** A signal that depends on others, and how to detach it from them. */
export interface JoinedSignal {
  readonly signal: AbortSignal;
  readonly release: () => void;
}

/**
 * One signal that aborts with the first of several. Unlike `AbortSignal.any`, it leaves nothing
 * behind at a signal that lives as long as the program, once it is released.
 */
export function joinSignals(signals: readonly AbortSignalLike[]): JoinedSignal {
  const [only] = signals;
  if (signals.length === 1 && only instanceof AbortSignal) {
    return { signal: only, release: () => {} };
  }
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  if (signals.some(({ aborted }) => aborted)) abort();
  for (const signal of signals) signal.addEventListener('abort', abort);
  const release = (): void => {
    for (const signal of signals) signal.removeEventListener('abort', abort);
  };
  return { signal: controller.signal, release };
}

/** The outcome of a promise, or a rejection with the signal's reason, whichever comes first. */
export function waitFor<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/**
 * What `start` gives within a time. It ends also where `start` ignores its signal.
 *
 * @param late makes the error that the signal aborts with, and that is thrown, when the time is
 *   over
 */
export async function withinTime<T>(
  milliseconds: number,
  late: () => Error,
  start: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(late()), milliseconds);
  try {
    return await waitFor(start(controller.signal), controller.signal);
  } finally {
    clearTimeout(timer);
  }
}
