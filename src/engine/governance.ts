import type { Subject } from '../model/index.js';
import type { DerivedSubject } from '../policy/index.js';
import { BoundedCache } from './bounded-cache.js';

/** The answer for some actions on some resource, open only in who asks. */
export interface Verdict {
  passes(subject: Subject | null): boolean;
  passesDerived(subject: DerivedSubject): boolean;
}

/**
 * Why a resource is decided as it is, before anyone asks.
 *
 * `governed`: permissions do. The others are the rules that stand in where no permission does.
 */
export type GovernanceKind = 'governed' | 'unsecured' | 'no-permissions' | 'unknown-project';

/** Works out verdicts. */
interface VerdictSource {
  verdictOn(governance: Governance, mask: number): Verdict;
}

/** Verdicts for sets of actions are remembered up to this number for each governance. */
const MAX_REMEMBERED_MASKS = 64;

/**
 * What governs a resource: the same object for all resources that the same permissions govern.
 *
 * INVARIANT: never changes what it answers; verdicts are worked out when they are first asked for.
 */
export class Governance {
  readonly kind: GovernanceKind;
  /** Scopes that the resource lies in, by their position in the snapshot. Ascending. */
  readonly scopes: Int32Array;
  /** Scopes that it lies in or not, depending on tags that nobody knows. Ascending. */
  readonly unknownScopes: Int32Array;
  readonly #judge: VerdictSource;
  /** By action id. An array and not a map: this is the last step of the hot path. */
  readonly #single: (Verdict | undefined)[];
  #several: Map<number, Verdict> | undefined;

  constructor(
    kind: GovernanceKind,
    scopes: Int32Array,
    unknownScopes: Int32Array,
    actionCount: number,
    judge: VerdictSource,
  ) {
    this.kind = kind;
    this.scopes = scopes;
    this.unknownScopes = unknownScopes;
    this.#judge = judge;
    this.#single = new Array<Verdict | undefined>(actionCount).fill(undefined);
  }

  /** The verdict on one action, by its id. */
  verdictOn(actionId: number): Verdict {
    return this.#single[actionId] ?? this.#workSingle(actionId);
  }

  /** The verdict on several actions at once, as a mask of their ids. */
  verdictOnAll(mask: number): Verdict {
    const remembered = this.#several?.get(mask);
    if (remembered !== undefined) return remembered;
    const verdict = this.#judge.verdictOn(this, mask);
    this.#several ??= new Map();
    if (this.#several.size < MAX_REMEMBERED_MASKS) this.#several.set(mask, verdict);
    return verdict;
  }

  #workSingle(actionId: number): Verdict {
    const verdict = this.#judge.verdictOn(this, 1 << actionId);
    this.#single[actionId] = verdict;
    return verdict;
  }
}

/** What strangers' resources bring along is remembered up to this weight, twice over. */
const STRANGERS_WEIGHT = 1 << 18;

/** What a governance counts for in a cache: about the 32-bit words that it keeps. */
export function weightOf({ scopes, unknownScopes }: Governance): number {
  return 32 + scopes.length + unknownScopes.length;
}

/** A cache for what strangers ask about. They choose its keys, so it is bounded. */
export function createStrangerCache<K>(): BoundedCache<K, Governance> {
  return new BoundedCache(STRANGERS_WEIGHT, weightOf);
}

/**
 * One {@link Governance} for each distinct list of scopes: resources by the hundred thousand share a few of them.
 */
export class GovernanceTable {
  readonly #judge: VerdictSource;
  readonly #actionCount: number;
  readonly #registered = new Map<number, Governance[]>();
  readonly #strangers = createStrangerCache<number>();

  constructor(judge: VerdictSource, actionCount: number) {
    this.#judge = judge;
    this.#actionCount = actionCount;
  }

  /** A governance of no scopes. */
  without(kind: Exclude<GovernanceKind, 'governed'>): Governance {
    return new Governance(kind, NO_SCOPES, NO_SCOPES, this.#actionCount, this.#judge);
  }

  /** The governance of a registered resource's scopes (ascending, not empty), remembered for good. */
  ofRegistered(scopes: Int32Array, unknownScopes: Int32Array): Governance {
    const key = hash(scopes, unknownScopes);
    const bucket = this.#registered.get(key);
    const known = findIn(bucket, scopes, unknownScopes);
    if (known !== undefined) return known;
    const governance = this.#make(scopes, unknownScopes);
    if (bucket === undefined) this.#registered.set(key, [governance]);
    else bucket.push(governance);
    return governance;
  }

  /** The governance of any resource's scopes (ascending, not empty). SECURITY: strangers choose them: remembered for a while only. */
  ofStranger(scopes: Int32Array, unknownScopes: Int32Array): Governance {
    const key = hash(scopes, unknownScopes);
    const remembered = this.#strangers.get(key);
    const known =
      findIn(this.#registered.get(key), scopes, unknownScopes) ??
      findIn(remembered && [remembered], scopes, unknownScopes);
    if (known !== undefined) return known;
    const governance = this.#make(scopes, unknownScopes);
    this.#strangers.set(key, governance);
    return governance;
  }

  #make(scopes: Int32Array, unknownScopes: Int32Array): Governance {
    return new Governance('governed', scopes, unknownScopes, this.#actionCount, this.#judge);
  }
}

const NO_SCOPES = new Int32Array(0);

function findIn(
  candidates: readonly Governance[] | undefined,
  scopes: Int32Array,
  unknownScopes: Int32Array,
): Governance | undefined {
  return candidates?.find(
    (known) => equal(known.scopes, scopes) && equal(known.unknownScopes, unknownScopes),
  );
}

/** FNV-1a over the numbers. */
function hash(scopes: Int32Array, unknownScopes: Int32Array): number {
  let value = 0x811c9dc5;
  for (const scope of scopes) value = Math.imul(value ^ scope, 0x01000193);
  value = Math.imul(value ^ -1, 0x01000193);
  for (const scope of unknownScopes) value = Math.imul(value ^ scope, 0x01000193);
  return value;
}

function equal(a: Int32Array, b: Int32Array): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}
