import {
  afterLook,
  afterReading,
  decidingReadings,
  firstState,
  isReadAfter,
  isStale,
  type LiveState,
  newestReading,
  type Reading,
  type SettleRules,
} from '../../src/gate/live-protocol.js';

/** How much may happen. */
export interface Scope {
  readonly readers: number;
  readonly ticks: number;
  readonly changes: number;
  readonly tears: number;
  readonly failures: number;
  /** How often the clock of the source is set. */
  readonly steps: number;
}

/** What a reading grants: one bit for each of two questions. */
interface ModelReading extends Reading {
  readonly grants: number;
  /** The last change that it holds for certain. */
  readonly version: number;
}

interface Reader {
  readonly state: LiveState<ModelReading>;
  readonly reading:
    | { readonly began: number; readonly time: number; readonly seen?: Seen | undefined }
    | undefined;
  /** The readings that were delivered, as far as the properties need them. */
  readonly ghost: {
    readonly settled: string;
    /** The last digest, and when the first of its readings ended. */
    readonly run: string;
    readonly runSince: number;
    /** When the first reading ended that differed from what had settled. */
    readonly differsSince: number | undefined;
    readonly newest: ModelReading;
    readonly settledGrants: number;
    readonly confirmed: number;
  };
}

interface Seen {
  readonly digest: string;
  readonly grants: number;
  readonly version: number;
  readonly source: number;
}

interface World {
  readonly now: number;
  readonly offset: number;
  readonly source: number;
  /** When each change was committed, by the clock of the source. */
  readonly commits: readonly number[];
  readonly left: Scope;
  readonly readers: readonly Reader[];
}

const TICK = 1000;
/** What three states of the source grant. */
const GRANTS = [1, 2, 3];
const SETTLE = 2 * TICK;
const MAX_SETTLE = 3 * TICK;
const MAX_STALE = 3 * TICK;
const RULES: SettleRules = { inSteps: true, settleMs: SETTLE, maxSettleMs: MAX_SETTLE };

/** What was found. */
export interface Explored {
  readonly states: number;
  readonly violation: string | undefined;
  /** States in which a change has settled, and grants that were looked at. */
  readonly settled: number;
  readonly granted: number;
}

/**
 * Goes through everything that can happen within a scope, in every order, and looks at each state
 * for a grant that must not be.
 *
 * @param mutant other rules for the protocol, with the same demands
 */
export function explore(scope: Scope, mutant: Partial<SettleRules> = {}): Explored {
  const rules: SettleRules = { ...RULES, ...mutant };
  const seen = new Set<string>();
  const queue: World[] = [firstWorld(scope)];
  let settled = 0;
  let granted = 0;
  for (let world = queue.pop(); world !== undefined; world = queue.pop()) {
    const key = keyOf(world);
    if (seen.has(key)) continue;
    seen.add(key);
    for (const reader of world.readers) {
      const violation = violationOf(world, reader);
      if (violation !== undefined) {
        return { states: seen.size, violation: `${violation}: ${key}`, settled, granted };
      }
      if (reader.ghost.settled !== '0') settled += 1;
      if (grantsOf(world, reader) !== 0) granted += 1;
    }
    queue.push(...nextWorlds(world, rules));
  }
  return { states: seen.size, violation: undefined, settled, granted };
}

/** Worlds with the same key have the same future. */
function keyOf({ now, offset, source, commits, left, readers }: World): string {
  const of = ({ digest, began, ended, time, version }: ModelReading): readonly unknown[] => [
    digest,
    now - began,
    now - ended,
    time,
    version,
  ];
  const all = readers.map(({ state, reading, ghost }) => {
    const { inForce, pending, confirmed } = state;
    return [
      of(inForce),
      pending && [of(pending.newest), now - pending.quietSince, now - pending.changedSince],
      now - confirmed,
      reading && [now - reading.began, reading.time, reading.seen?.digest, reading.seen?.version],
      [ghost.settled, ghost.run, now - ghost.runSince, ghost.differsSince],
      [of(ghost.newest), ghost.settledGrants, ghost.confirmed],
    ];
  });
  return JSON.stringify([now, offset, source, commits, Object.values(left), all]);
}

function firstWorld(scope: Scope): World {
  const first: ModelReading = {
    digest: '0',
    grants: GRANTS[0] as number,
    version: 0,
    began: 0,
    ended: 0,
    time: 0,
  };
  const reader: Reader = {
    state: firstState(first, false),
    reading: undefined,
    ghost: {
      settled: '0',
      run: '0',
      runSince: 0,
      differsSince: undefined,
      newest: first,
      settledGrants: first.grants,
      confirmed: 0,
    },
  };
  return {
    now: 0,
    offset: 0,
    source: 0,
    commits: [],
    left: scope,
    readers: Array.from({ length: scope.readers }, () => reader),
  };
}

function grantsOf({ now }: World, { state }: Reader): number {
  if (isStale(state, now, MAX_STALE)) return 0;
  return decidingReadings(state).reduce((all, { grants }) => all & grants, 3);
}

/** The demands on every state, by what was delivered and not by what the protocol keeps. */
function violationOf(world: World, reader: Reader): string | undefined {
  const { ghost, state } = reader;
  const grants = grantsOf(world, reader);
  if ((grants & ~ghost.newest.grants) !== 0) return 'granted against the newest reading';
  if ((grants & ~ghost.settledGrants) !== 0) return 'granted before it has settled';
  if (grants !== 0 && world.now - ghost.confirmed >= MAX_STALE) return 'granted when stale';
  const clock = { now: world.now, time: world.now + world.offset };
  for (const [index, time] of world.commits.entries()) {
    if (isReadAfter(state, time, clock) && newestReading(state).version <= index) {
      return 'granted on a reading before the time';
    }
  }
  const isOverdue = ghost.differsSince === undefined && state.pending !== undefined;
  return isOverdue ? 'a change does not settle' : undefined;
}

function nextWorlds(world: World, rules: SettleRules): World[] {
  const { left, now, source } = world;
  const next: World[] = [];
  if (left.ticks > 0) {
    next.push({ ...world, now: now + TICK, left: { ...left, ticks: left.ticks - 1 } });
  }
  if (left.steps > 0) {
    for (const offset of [-3 * TICK, 3 * TICK]) {
      next.push({ ...world, offset, left: { ...left, steps: left.steps - 1 } });
    }
  }
  if (left.changes > 0) {
    for (const to of [0, 1, 2].filter((one) => one !== source)) {
      next.push({
        ...world,
        source: to,
        commits: [...world.commits, now + world.offset],
        left: { ...left, changes: left.changes - 1 },
      });
    }
  }
  for (const index of world.readers.keys()) next.push(...nextOfReader(world, index, rules));
  return next;
}

function nextOfReader(world: World, index: number, rules: SettleRules): World[] {
  const reader = world.readers[index] as Reader;
  const { now, left } = world;
  const put = (changed: Reader, rest: Partial<World> = {}): World => ({
    ...world,
    ...rest,
    readers: world.readers.with(index, changed),
  });
  const { reading } = reader;
  if (reading === undefined) {
    const begun = { began: now, time: now + world.offset };
    const started = put({ ...reader, reading: begun });
    const isCurrent = reader.ghost.newest.version === world.commits.length;
    return isCurrent && reader.ghost.confirmed < now
      ? [started, put(looked(reader, now))]
      : [started];
  }
  const next: World[] = [];
  if (left.failures > 0) {
    const rest = { left: { ...left, failures: left.failures - 1 } };
    next.push(put({ ...reader, reading: undefined }, rest));
  }
  const { seen } = reading;
  if (seen === undefined) next.push(put({ ...reader, reading: { ...reading, seen: see(world) } }));
  else {
    next.push(put(delivered(reader, { ...seen, ...reading, ended: now }, rules)));
    if (seen.source !== world.source && left.tears > 0) {
      // Half of the one state and half of the other, which here grants what either does.
      const torn = {
        ...seen,
        digest: `${seen.digest}/${world.source}`,
        grants: seen.grants | (GRANTS[world.source] as number),
        source: world.source,
      };
      const rest = { left: { ...left, tears: left.tears - 1 } };
      next.push(put({ ...reader, reading: { ...reading, seen: torn } }, rest));
    }
  }
  return next;
}

function see({ source, commits }: World): Seen {
  return {
    digest: String(source),
    grants: GRANTS[source] as number,
    version: commits.length,
    source,
  };
}

function looked(reader: Reader, now: number): Reader {
  const ghost = { ...reader.ghost, confirmed: now };
  return { ...reader, state: afterLook(reader.state, now), ghost };
}

function delivered(
  reader: Reader,
  { digest, grants, version, began, ended, time }: ModelReading,
  rules: SettleRules,
): Reader {
  const newest: ModelReading = { digest, grants, version, began, ended, time };
  const { ghost } = reader;
  const runSince = ghost.run === digest ? ghost.runSince : ended;
  const differsSince = digest === ghost.settled ? undefined : (ghost.differsSince ?? ended);
  const hasSettled =
    differsSince === undefined || began - runSince >= SETTLE || began - differsSince >= MAX_SETTLE;
  return {
    state: afterReading(reader.state, newest, rules),
    reading: undefined,
    ghost: {
      settled: hasSettled ? digest : ghost.settled,
      run: digest,
      runSince,
      differsSince: hasSettled ? undefined : differsSince,
      newest,
      settledGrants: hasSettled ? grants : ghost.settledGrants,
      confirmed: Math.max(ghost.confirmed, began),
    },
  };
}
