import { BoundedCache } from '../foundation/bounded-cache.js';
import type { Subject } from '../model/index.js';
import type { DerivedSubject } from '../policy/index.js';
import type { VerdictTable } from './verdict-table.js';

/** The answer for some actions on some resource, open only in who asks. */
export interface Verdict {
  /** Whether the answer may be another one the next time. */
  readonly asksPredicates: boolean;
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
  #remembered: Map<number, Verdict> | undefined;

  constructor(
    kind: GovernanceKind,
    scopes: Int32Array,
    unknownScopes: Int32Array,
    judge: VerdictSource,
  ) {
    this.kind = kind;
    this.scopes = scopes;
    this.unknownScopes = unknownScopes;
    this.#judge = judge;
  }

  /** The verdict on all actions of a mask together, remembered. */
  verdictOn(mask: number): Verdict {
    const remembered = this.#remembered?.get(mask);
    if (remembered !== undefined) return remembered;
    const verdict = this.workOut(mask);
    this.#remembered ??= new Map();
    if (this.#remembered.size < MAX_REMEMBERED_MASKS) this.#remembered.set(mask, verdict);
    return verdict;
  }

  /** The same, not remembered here. */
  workOut(mask: number): Verdict {
    return this.#judge.verdictOn(this, mask);
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
  /** The verdicts on what is registered. */
  readonly verdicts: VerdictTable;
  /** By a hash of the scopes: numbers in the verdict table. */
  readonly #registered = new Map<number, number[]>();
  readonly #strangers = createStrangerCache<number>();

  constructor(judge: VerdictSource, verdicts: VerdictTable) {
    this.#judge = judge;
    this.verdicts = verdicts;
  }

  /** A governance of no scopes. */
  without(kind: Exclude<GovernanceKind, 'governed'>): Governance {
    return new Governance(kind, NO_SCOPES, NO_SCOPES, this.#judge);
  }

  /** The number of the governance of a registered resource's scopes (ascending, not empty), remembered for good. */
  ofRegistered(scopes: Int32Array, unknownScopes: Int32Array): number {
    const key = hash(scopes, unknownScopes);
    const bucket = this.#registered.get(key);
    const known = bucket?.find((id) => isOf(this.verdicts.governance(id), scopes, unknownScopes));
    if (known !== undefined) return known;
    const id = this.verdicts.add(new Governance('governed', scopes, unknownScopes, this.#judge));
    if (bucket === undefined) this.#registered.set(key, [id]);
    else bucket.push(id);
    return id;
  }

  /** The governance of any resource's scopes (ascending, not empty). SECURITY: strangers choose them: remembered for a while only. */
  ofStranger(scopes: Int32Array, unknownScopes: Int32Array): Governance {
    const key = hash(scopes, unknownScopes);
    const candidates = (this.#registered.get(key) ?? []).map((id) => this.verdicts.governance(id));
    const remembered = this.#strangers.get(key);
    if (remembered !== undefined) candidates.push(remembered);
    const known = candidates.find((candidate) => isOf(candidate, scopes, unknownScopes));
    if (known !== undefined) return known;
    const governance = new Governance('governed', scopes, unknownScopes, this.#judge);
    this.#strangers.set(key, governance);
    return governance;
  }
}

const NO_SCOPES = new Int32Array(0);

function isOf(governance: Governance, scopes: Int32Array, unknownScopes: Int32Array): boolean {
  return equal(governance.scopes, scopes) && equal(governance.unknownScopes, unknownScopes);
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
