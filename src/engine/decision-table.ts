import type { Subject } from '../model/index.js';
import { type AttributeTable, type DerivedSubject, SubjectTest } from '../policy/index.js';
import type { PermissionSet } from './permission-set.js';
import type { PermissionSetTable } from './permission-set-table.js';

/** In the pool instead of a number of words, for decisions other than sets of attributes. */
const EVERYONE = -1;
const NAMED_USERS = -2;
/** The compiled decision is an object: a predicate, a count, or attributes too sparse for bits. */
const ASK_DECISION = -3;

/** A bit set takes at most this many words of 32 bits, however few attributes are in it. */
const MAX_WORDS = 32;
/** The first decision starts here, so that offset 0 means: not compiled yet. */
const FIRST_OFFSET = 1;

/**
 * Decisions on single actions, for registered resources: the hot path.
 *
 * At 100,000 resources a decision costs what it costs to fetch memory that is in no cache, so it
 * must do that as few times as possible. Hence two arrays instead of objects with references: the
 * permission set and the action give an offset in the first array, which holds an offset in the
 * second, where the bits of all roles, groups and namespaces lie that the decision allows.
 */
export class DecisionTable {
  readonly #actionCount: number;
  readonly #attributes: AttributeTable;
  readonly #permissionSets: PermissionSetTable;
  /** By permission set and action: offset of the decision in the pool; 0: not compiled yet. */
  #offsets: Int32Array<ArrayBuffer> = new Int32Array(0);
  /** For each decision a number of words, or one of the constants above; then the words. */
  #pool = new Int32Array(1024);
  #poolEnd = FIRST_OFFSET;

  constructor(actionCount: number, attributes: AttributeTable, permissionSets: PermissionSetTable) {
    this.#actionCount = actionCount;
    this.#attributes = attributes;
    this.#permissionSets = permissionSets;
  }

  /** Makes room for all permission sets. Call it before a snapshot with new ones is in force. */
  reserve(): void {
    const length = this.#permissionSets.count * this.#actionCount;
    if (length > this.#offsets.length) this.#offsets = grown(this.#offsets, length);
  }

  permissionSet(id: number): PermissionSet {
    return this.#permissionSets.permissionSet(id);
  }

  /**
   * Whether `subject` may do an action on resources with a permission set. Allocates nothing once
   * the decision is compiled.
   */
  passes(permissionSetId: number, actionId: number, subject: Subject | null): boolean {
    const offset = this.#offsetOf(permissionSetId, actionId);
    // INVARIANT: the pool is read after the offset, since making the offset may replace the pool.
    const pool = this.#pool;
    const words = pool[offset] as number;
    if (words >= 0)
      return subject !== null && this.#attributes.hasAnyBit(subject, pool, offset + 1, words);
    if (words === ASK_DECISION) {
      return this.permissionSet(permissionSetId)
        .decisionOn(1 << actionId)
        .passes(subject);
    }
    return isOpenTo(words, subject);
  }

  /** The same for a subject whose attributes are known. */
  passesDerived(
    permissionSetId: number,
    actionId: number,
    derived: DerivedSubject,
    attributes: readonly number[] = derived.attributes,
  ): boolean {
    const offset = this.#offsetOf(permissionSetId, actionId);
    const pool = this.#pool;
    const words = pool[offset] as number;
    if (words >= 0) {
      // All bits are read: an early return would be a branch that no processor foresees.
      let bits = 0;
      for (let index = 0; index < attributes.length; index++) {
        const attribute = attributes[index] as number;
        const word = attribute >>> 5;
        if (word < words) bits |= (pool[offset + 1 + word] as number) >>> (attribute & 31);
      }
      return (bits & 1) !== 0;
    }
    if (words === ASK_DECISION) {
      return this.permissionSet(permissionSetId)
        .decisionOn(1 << actionId)
        .passesDerived(derived);
    }
    return isOpenTo(words, derived.subject);
  }

  #offsetOf(permissionSetId: number, actionId: number): number {
    const offset = this.#offsets[permissionSetId * this.#actionCount + actionId] as number;
    return offset === 0 ? this.#compile(permissionSetId, actionId) : offset;
  }

  #compile(permissionSetId: number, actionId: number): number {
    const decision = this.#permissionSets.compile(permissionSetId, 1 << actionId);
    const offset = this.#poolEnd;
    const bits = decision instanceof SubjectTest ? decision.toBits(MAX_WORDS) : undefined;
    if (bits === undefined) this.#append(ASK_DECISION, []);
    else if (typeof bits === 'string')
      this.#append(bits === 'everyone' ? EVERYONE : NAMED_USERS, []);
    else this.#append(bits.length, bits);
    this.#offsets[permissionSetId * this.#actionCount + actionId] = offset;
    return offset;
  }

  #append(header: number, words: ArrayLike<number>): void {
    this.#pool = grown(this.#pool, this.#poolEnd + 1 + words.length);
    this.#pool[this.#poolEnd] = header;
    this.#pool.set(words, this.#poolEnd + 1);
    this.#poolEnd += 1 + words.length;
  }
}

/** SECURITY: any other header refuses. */
function isOpenTo(header: number, subject: Subject | null): boolean {
  if (header === EVERYONE) return true;
  return header === NAMED_USERS && subject !== null && subject.username !== '';
}

/**
 * An array with room for `length` numbers: the same one, or a copy at least half as large again.
 */
function grown(array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  if (length <= array.length) return array;
  const larger = new Int32Array(Math.max(length, Math.ceil(array.length * 1.5)));
  larger.set(array);
  return larger;
}
