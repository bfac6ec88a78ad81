import { Governance, type GovernanceKind, type VerdictSource } from './governance.js';
import { createStrangerCache } from './stranger-cache.js';
import type { VerdictTable } from './verdict-table.js';

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
