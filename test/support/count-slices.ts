import { vi } from 'vitest';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/**
 * Runs a job by a clock that ticks a millisecond whenever it is read, as after each step of what
 * runs in slices of time. So what is counted is steps, however fast the machine is.
 *
 * @returns what the job returns, and in how many turns of the event loop it was done
 */
export async function countSlices<T>(
  job: () => T | Promise<T>,
): Promise<{ readonly result: T; readonly slices: number }> {
  await turn();
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => ++now);
  let slices = 1;
  let isRunning = true;
  const count = (): void => {
    if (!isRunning) return;
    slices += 1;
    setImmediate(count);
  };
  try {
    const later = job();
    if (!(later instanceof Promise)) return { result: later, slices };
    setImmediate(count);
    return { result: await later, slices };
  } finally {
    isRunning = false;
    clock.mockRestore();
    await turn();
  }
}

/** Patterns that no literal tells apart, so that each unknown name is tried on all of them. */
export const SLOW_PATTERNS: readonly string[] = Array.from(
  { length: 300 },
  (_, index) => `[a-z]{1,${3 + (index % 50)}}(?:_[a-z0-9]{1,${4 + (index % 6)}}){1,60}`,
);

/** Names in which every slow pattern has to read on. */
export function slowNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${'abcd_'.repeat(40)}${index}`);
}
