import { checkOptions } from '../foundation/options.js';
import type { WatchOptions } from './registry-source.js';

const DEFAULT_POLL_SECONDS = 5;
const MAX_POLL_SECONDS = 86_400;

/**
 * Asks a source now and then whether it has changed, and calls `onChange` when it has: the watch of
 * sources that cannot tell by themselves.
 *
 * What either function throws or rejects with ends nothing. The next look comes after both have
 * ended.
 *
 * @throws TypeError if an option is unknown or invalid
 */
export function pollChanges(
  hasChanged: () => Promise<boolean>,
  onChange: () => unknown,
  options: WatchOptions,
): void {
  checkOptions<WatchOptions>(options, { signal: true, pollSeconds: true, onUnchanged: true });
  const { signal, pollSeconds = DEFAULT_POLL_SECONDS, onUnchanged } = options;
  if (!(typeof pollSeconds === 'number' && pollSeconds > 0 && pollSeconds <= MAX_POLL_SECONDS)) {
    throw new TypeError(
      `option pollSeconds must be a number above 0, and at most ${MAX_POLL_SECONDS}`,
    );
  }
  if (!(signal instanceof AbortSignal)) {
    throw new TypeError('option signal must be an AbortSignal: it ends the watch');
  }
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    try {
      const since = performance.now();
      const changed = await hasChanged();
      if (!signal.aborted) await (changed ? onChange() : onUnchanged?.(since));
    } catch {}
    schedule();
  };
  const schedule = (): void => {
    if (signal.aborted) return;
    timer = setTimeout(() => void look(), pollSeconds * 1000);
    timer.unref();
  };
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  schedule();
}
