import type { Subject } from '../model/index.js';
import { type DerivedSubject, hasBit, type SubjectAtoms, SubjectTest } from '../policy/index.js';
import type { Governance } from './governance.js';

/** What stands in the pool in place of a number of words where a verdict is no set of atoms. */
const EVERYONE = -1;
const NAMED_USERS = -2;
/** The verdict is an object of its own: a predicate, a ballot, or atoms too far apart for bits. */
const ASK_VERDICT = -3;

/** A bit set takes at most this many words of 32 bits, however few atoms are in it. */
const MAX_WORDS = 32;
/** No verdict stands here, so that 0 can say: not worked out yet. */
const FIRST_OFFSET = 1;

/**
 * Verdicts on single actions, for registered resources: the hot path.
 *
 * A decision has to touch memory that is not in any cache as few times as possible, which at 100,000 resources is all that it costs. So
 * verdicts do not hang together by references: a governance and an action give a place in one array, what stands there gives a place in
 * another, and there are the bits of all roles, groups and namespaces that the verdict lets in.
 */
export class VerdictTable {
  readonly #actionCount: number;
  readonly #atoms: SubjectAtoms;
  readonly #governances: Governance[] = [];
  /** By governance and action: where the verdict starts in the pool; 0 where it was not asked for yet. */
  #offsets = new Int32Array(64);
  /** For each verdict a number of words, or one of the constants above; then the words. */
  #pool = new Int32Array(1024);
  #poolEnd = FIRST_OFFSET;

  constructor(actionCount: number, atoms: SubjectAtoms) {
    this.#actionCount = actionCount;
    this.#atoms = atoms;
  }

  /** Takes in a governance and gives the number that it is known by here. */
  add(governance: Governance): number {
    const id = this.#governances.push(governance) - 1;
    this.#offsets = grown(this.#offsets, this.#governances.length * this.#actionCount);
    return id;
  }

  governance(id: number): Governance {
    return this.#governances[id] as Governance;
  }

  /** Whether `subject` may do an action where a governance holds. Allocates nothing once the verdict was asked for. */
  passes(governanceId: number, actionId: number, subject: Subject | null): boolean {
    const offset = this.#offsetOf(governanceId, actionId);
    // INVARIANT: the pool is read after the place in it, which may have been made just now, in a larger pool.
    const pool = this.#pool;
    const words = pool[offset] as number;
    if (words >= 0)
      return subject !== null && this.#atoms.hasAnyBit(subject, pool, offset + 1, words);
    if (words === ASK_VERDICT) {
      return this.governance(governanceId)
        .verdictOn(1 << actionId)
        .passes(subject);
    }
    return isOpenTo(words, subject);
  }

  /** The same for a subject whose atoms are known. */
  passesDerived(governanceId: number, actionId: number, derived: DerivedSubject): boolean {
    const offset = this.#offsetOf(governanceId, actionId);
    const pool = this.#pool;
    const words = pool[offset] as number;
    if (words >= 0) {
      const { atoms } = derived;
      for (let index = 0; index < atoms.length; index++) {
        if (hasBit(pool, offset + 1, words, atoms[index] as number)) return true;
      }
      return false;
    }
    if (words === ASK_VERDICT) {
      return this.governance(governanceId)
        .verdictOn(1 << actionId)
        .passesDerived(derived);
    }
    return isOpenTo(words, derived.subject);
  }

  #offsetOf(governanceId: number, actionId: number): number {
    const offset = this.#offsets[governanceId * this.#actionCount + actionId] as number;
    return offset === 0 ? this.#workOut(governanceId, actionId) : offset;
  }

  #workOut(governanceId: number, actionId: number): number {
    const verdict = this.governance(governanceId).workOut(1 << actionId);
    const offset = this.#poolEnd;
    const bits = verdict instanceof SubjectTest ? verdict.toBits(MAX_WORDS) : undefined;
    if (bits === undefined) this.#append(ASK_VERDICT, []);
    else if (typeof bits === 'string')
      this.#append(bits === 'everyone' ? EVERYONE : NAMED_USERS, []);
    else this.#append(bits.length, bits);
    this.#offsets[governanceId * this.#actionCount + actionId] = offset;
    return offset;
  }

  #append(header: number, words: ArrayLike<number>): void {
    this.#pool = grown(this.#pool, this.#poolEnd + 1 + words.length);
    this.#pool[this.#poolEnd] = header;
    this.#pool.set(words, this.#poolEnd + 1);
    this.#poolEnd += 1 + words.length;
  }
}

/** SECURITY: whatever is neither of the two is open to nobody. */
function isOpenTo(header: number, subject: Subject | null): boolean {
  if (header === EVERYONE) return true;
  return header === NAMED_USERS && subject !== null && subject.username !== '';
}

/** An array with room for `length` numbers: the same one, or a copy that is larger by half at least. */
function grown(array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  if (length <= array.length) return array;
  const larger = new Int32Array(Math.max(length, Math.ceil(array.length * 1.5)));
  larger.set(array);
  return larger;
}
