import type { AbortSignalLike } from './token-credential.js';

/** The platform's own signal for one that is only like it, and how to let go of it. */
export interface LinkedSignal {
  readonly signal: AbortSignal | undefined;
  readonly release: () => void;
}

/** Makes what Azure's clients pass into a signal of the platform. Its reason is an `AbortError`, as they expect. */
export function linkAbortSignal(like: AbortSignalLike | undefined): LinkedSignal {
  if (like === undefined || like instanceof AbortSignal) {
    return { signal: like, release: () => {} };
  }
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  if (like.aborted) abort();
  like.addEventListener('abort', abort);
  return {
    signal: controller.signal,
    release: () => like.removeEventListener('abort', abort),
  };
}
