/**
 * What `make` gives or throws, found out at the first call. Afterwards `make` is released, with all
 * that it holds.
 */
export function once<T>(make: () => T): () => T {
  let pending: (() => T) | undefined = make;
  let outcome: () => T;
  return () => {
    if (pending !== undefined) {
      outcome = tryOut(pending);
      pending = undefined;
    }
    return outcome();
  };
}

function tryOut<T>(make: () => T): () => T {
  try {
    const value = make();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
