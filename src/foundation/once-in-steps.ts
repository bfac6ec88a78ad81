import { once } from './once.js';

/** A value that is made once, with or without pauses. */
export interface MadeInSteps<T> {
  /** Makes the value without a break, unless it is made. @throws what making it throws */
  get(): T;
  /**
   * Makes the value with pauses, unless it is made. What making it throws is kept for
   * {@link MadeInSteps.get}.
   */
  prepare(): Generator<undefined, void>;
}

/**
 * {@link once} for a value that takes long to make.
 *
 * @param make called a second time when `get` is called in a pause of `prepare`
 */
export function onceInSteps<T>(make: () => Generator<undefined, T>): MadeInSteps<T> {
  let get = once(() => {
    const steps = make();
    let step = steps.next();
    while (!step.done) step = steps.next();
    return step.value;
  });
  let isPrepared = false;
  return {
    get: () => get(),
    *prepare() {
      if (isPrepared) return;
      isPrepared = true;
      try {
        const value = yield* make();
        get = () => value;
      } catch (error) {
        get = () => {
          throw error;
        };
      }
    },
  };
}
