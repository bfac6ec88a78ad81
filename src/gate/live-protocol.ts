/**
 * How a registry that changes comes into force: a state machine without I/O, whose times are given.
 * `live-store.ts` reads, compiles and waits as it says.
 *
 * A change that was read narrows at once and widens when it has settled: until then a question is
 * granted only if both the reading in force and the newest one grant it. Feast may apply one change
 * in many steps, so a reading between them can lack permissions that are about to come.
 *
 * Times are milliseconds of a clock that is never set, unless they are called `time`: those are of
 * the clock of the source.
 */

/** A whole registry, as it was read. */
export interface Reading {
  /** Equal where permissions and resources are equal, whatever else differs. */
  readonly digest: string;
  /** When the reading began. */
  readonly began: number;
  readonly ended: number;
  /** When it began, by the clock of the source. */
  readonly time: number;
}

/** What is in force, and what is about to be. */
export interface LiveState<R extends Reading> {
  /** Settled. */
  readonly inForce: R;
  /** Newer, and not settled. */
  readonly pending:
    | {
        readonly newest: R;
        /** Since when no reading found anything else. */
        readonly quietSince: number;
        /** When the first reading that differed from what is in force ended. */
        readonly changedSince: number;
      }
    | undefined;
  /** When the last look began that found the newest reading to be current. */
  readonly confirmed: number;
}

/** How long a change takes. */
export interface SettleRules {
  /** Whether the source may be read in the middle of a change. */
  readonly inSteps: boolean;
  /** A change has settled when readings over this time agree. */
  readonly settleMs: number;
  /** A registry that is never quiet is in force after this time, as it is read then. */
  readonly maxSettleMs: number;
}

/**
 * The state after the first reading.
 *
 * @param isCautious whether it has to settle too. `inForce` then stands for the same reading, with
 *   what the absence of permissions would open closed
 */
export function firstState<R extends Reading>(reading: R, isCautious: boolean): LiveState<R> {
  const { began, ended } = reading;
  const pending = { newest: reading, quietSince: ended, changedSince: ended };
  return {
    inForce: isCautious ? { ...reading, digest: '' } : reading,
    pending: isCautious ? pending : undefined,
    confirmed: began,
  };
}

/** The state after a further reading. A reading that failed changes no state. */
export function afterReading<R extends Reading>(
  state: LiveState<R>,
  reading: R,
  rules: SettleRules,
): LiveState<R> {
  const confirmed = Math.max(state.confirmed, reading.began);
  const settled = { inForce: reading, pending: undefined, confirmed };
  if (!rules.inSteps || reading.digest === state.inForce.digest) return settled;
  const before = state.pending;
  const isQuiet = before?.newest.digest === reading.digest;
  const pending = {
    newest: reading,
    quietSince: isQuiet ? before.quietSince : reading.ended,
    changedSince: before?.changedSince ?? reading.ended,
  };
  const isSettled =
    reading.began - pending.quietSince >= rules.settleMs ||
    reading.began - pending.changedSince >= rules.maxSettleMs;
  return isSettled ? settled : { inForce: state.inForce, pending, confirmed };
}

/** The state after a look that found the newest reading to be current. It settles nothing. */
export function afterLook<R extends Reading>(state: LiveState<R>, began: number): LiveState<R> {
  return { ...state, confirmed: Math.max(state.confirmed, began) };
}

/** The readings that must all grant what is granted. */
export function decidingReadings<R extends Reading>({
  inForce,
  pending,
}: LiveState<R>): readonly R[] {
  return pending === undefined ? [inForce] : [inForce, pending.newest];
}

export function newestReading<R extends Reading>({ inForce, pending }: LiveState<R>): R {
  return pending?.newest ?? inForce;
}

/** Whether nothing may be granted any more. */
export function isStale(
  { confirmed }: Pick<LiveState<Reading>, 'confirmed'>,
  now: number,
  maxStaleMs: number,
): boolean {
  return now - confirmed >= maxStaleMs;
}

/**
 * Whether what is decided rests on a reading that began after a time: a change that was committed
 * by then is in it.
 *
 * @param clock both clocks now, where the clock of the source can be asked. One that was set back
 *   since the reading makes the time of the reading worth nothing
 */
export function isReadAfter(
  state: LiveState<Reading>,
  time: number,
  clock?: { readonly now: number; readonly time: number },
): boolean {
  const newest = newestReading(state);
  if (clock !== undefined) {
    const expected = newest.time + (clock.now - newest.began);
    if (clock.time < expected - CLOCK_TOLERANCE_MS) return false;
  }
  return newest.time > time;
}

/** Two clocks drift apart between two readings, by less than this. */
const CLOCK_TOLERANCE_MS = 500;
