import type { Verdict } from './verdict.js';

/**
 * Why a resource is decided as it is, before anyone asks.
 *
 * `governed`: permissions do. The others are the rules that stand in where no permission does.
 */
export type GovernanceKind = 'governed' | 'unsecured' | 'no-permissions' | 'unknown-project';

/** Works out verdicts. */
export interface VerdictSource {
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
