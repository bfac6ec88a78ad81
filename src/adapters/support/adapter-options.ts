import { notify } from '../../foundation/notify.js';
import type { OptionNames } from '../../foundation/options.js';

/** What all adapters let one choose. */
export interface AdapterOptions {
  /**
   * What becomes of a route that does not say what it requires. `refuse`: it is not served.
   * `report`: it is served to everyone who is known, and `onUnguarded` is called. `allow`: it is
   * served to everyone who is known. Default: `refuse`.
   */
  readonly unguarded?: 'refuse' | 'report' | 'allow' | undefined;
  /**
   * Called once for each such route, also for one that is refused, with its method and path, for
   * example `GET /features`. What it throws changes nothing.
   */
  readonly onUnguarded?: ((route: string) => void) | undefined;
  /**
   * Called with each error that was answered with a status of 500 or more; what it throws changes
   * nothing. For a log.
   */
  readonly onError?: ((error: unknown) => void) | undefined;
}

export const ADAPTER_OPTIONS: OptionNames<AdapterOptions> = {
  unguarded: true,
  onUnguarded: true,
  onError: true,
};

/**
 * Says whether a route without a rule is to be refused, and reports it.
 *
 * @param identity by which the route is known to have been reported. A stranger must not be able to
 *   make new ones. Default: `route`
 */
export type UnguardedCheck = (route: string, identity?: unknown) => 'refuse' | 'serve';

/**
 * @param fallback where reports go without `onUnguarded`
 * @throws TypeError when an option is wrong, or reports have nowhere to go
 */
export function createUnguardedCheck(
  options: AdapterOptions,
  fallback?: (route: string) => void,
): UnguardedCheck {
  const { unguarded = 'refuse', onUnguarded, onError } = options;
  if (!['refuse', 'report', 'allow'].includes(unguarded)) {
    throw new TypeError('option unguarded must be `refuse`, `report` or `allow`');
  }
  for (const [name, value] of Object.entries({ onUnguarded, onError })) {
    if (value !== undefined && typeof value !== 'function') {
      throw new TypeError(`option ${name} must be a function`);
    }
  }
  const report = onUnguarded ?? fallback;
  if (unguarded === 'report' && report === undefined) {
    throw new TypeError('option onUnguarded is needed where unguarded is `report`');
  }
  const reported = new Set<unknown>();
  return (route, identity = route) => {
    const told = unguarded === 'report' ? report : unguarded === 'refuse' ? onUnguarded : undefined;
    if (told !== undefined && !reported.has(identity)) {
      reported.add(identity);
      notify(told, route);
    }
    return unguarded === 'refuse' ? 'refuse' : 'serve';
  };
}
