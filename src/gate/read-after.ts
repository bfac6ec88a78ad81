import { checkOptions } from '../foundation/options.js';
import type { LiveStore } from './live-store.js';

export interface ReadAfterOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Checks the arguments of `readAfter`, and waits for the reading.
 *
 * @throws TypeError if the time is not one
 */
export async function readAfter(
  live: LiveStore,
  time: Date | number,
  options: ReadAfterOptions,
): Promise<void> {
  checkOptions<ReadAfterOptions>(options, { signal: true });
  const ms = time instanceof Date ? time.getTime() : time;
  if (typeof ms !== 'number' || Number.isNaN(new Date(ms).getTime())) {
    throw new TypeError('the time must be a Date, or a number of milliseconds since 1970');
  }
  await live.readAfter(ms, options.signal);
}
