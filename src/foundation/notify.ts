/** Does what must change nothing when it fails, such as recording. `undefined` where it throws. */
export function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/**
 * Calls a log, a hook or another listener whose failure must not change an answer: what it throws
 * is ignored, and so is a later rejection, which would end the process. The listener is not
 * awaited.
 */
export function notify<T>(listener: ((event: T) => unknown) | undefined, event: T): void {
  if (listener === undefined) return;
  attempt(() => {
    const result = listener(event);
    if (typeof result === 'object' && result !== null) Promise.resolve(result).catch(() => {});
  });
}
