/** A value that is there, or comes later. */
export type MaybePromise<T> = T | Promise<T>;

/** Continues with a value: synchronously if it is there, since every wait costs a request time. */
export function whenKnown<T, R>(
  value: T | PromiseLike<T>,
  goOn: (value: T) => R,
): R | Promise<Awaited<R>> {
  return isPromiseLike(value) ? Promise.resolve(value.then(goOn)) : goOn(value);
}

export function isPromiseLike<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as PromiseLike<T> | null)?.then === 'function';
}
