import { BACKSLASH, BASE64_VALUE, PERCENT, PLUS } from './byte-tables.js';
import { isDeadPair } from './dead-beginnings.js';
import type { Interruptions } from './interruptions.js';
import { LINE_FEED } from './read-breaks.js';
import { hasPair, nextByte, type SecretTables } from './secret-tables.js';
import { NO_ESCAPE, NOT_SIMPLE, SimpleEscape } from './simple-escape.js';

/**
 * Follows simple escapes, one right behind the other, of which one reading is enough: nothing else
 * that they may mean begins a secret, or goes on with one. An ordinary text has nearly no others,
 * and a hostile one would make them dear.
 */
export class EscapeChain {
  readonly #tables: SecretTables;
  #current = new SimpleEscape();
  #following = new SimpleEscape();
  /** What is read of a secret: a node of the automaton, 0 for nothing. */
  node = 0;

  constructor(tables: SecretTables) {
    this.#tables = tables;
  }

  /**
   * Reads on with {@link node}.
   *
   * @param from where an escape may begin
   * @returns the place behind the last escape that is followed: what stands there is plain, ends a
   *   secret, or takes a closer look
   */
  follow(bytes: Uint8Array, from: number, interruptions: Interruptions): number {
    const { automaton, beginnings, plainColumnOf } = this.#tables;
    let current = this.#current;
    let following = this.#following;
    let { node } = this;
    let at = from;
    current.read(bytes, at);
    while (current.value !== NOT_SIMPLE && !this.#isAmbiguous(bytes, at, current, node)) {
      const { value, end } = current;
      const next = bytes[end] as number;
      const isPlain = (plainColumnOf[next] as number) >= 0;
      if (!isPlain) following.read(bytes, end);
      const meant = isPlain || following.value === NO_ESCAPE ? next : following.value;
      if (meant === NOT_SIMPLE) break;
      const pair = ((bytes[end - 1] as number) << 8) | meant;
      if (hasPair(beginnings, pair)) {
        if (isPlain || following.value !== meant) break;
        if (!isDeadPair(this.#tables, bytes, pair, following.end)) break;
      }
      let read = 0;
      if (value >= 0) {
        read = nextByte(this.#tables, node, value);
        // Behind a line break there may be more that belongs to it.
        if (value === LINE_FEED && read !== 0) break;
        if (this.#isDead(read, value, next, meant)) read = 0;
        if ((BASE64_VALUE[value] as number) >= 0 && bytes[at] !== PLUS) {
          interruptions.push(at + current.skipped(bytes), end, value);
        }
      }
      node = read;
      at = end;
      if (isPlain || automaton.output[node] !== 0) break;
      const passed = current;
      current = following;
      following = passed;
    }
    this.node = node;
    return at;
  }

  /**
   * Whether an escape may be read otherwise, by what begins inside it or goes on with the
   * characters that it is written in.
   */
  #isAmbiguous(
    bytes: Uint8Array,
    at: number,
    { value, end, percents, run }: SimpleEscape,
    node: number,
  ): boolean {
    const { beginnings, plainColumnOf } = this.#tables;
    if (node !== 0 && this.#isNeeded(bytes[at] as number, run, node)) return true;
    // What stands behind a backslash may begin an escape itself.
    const isLong = value >= 0 && end > at + 1;
    if (isLong && (plainColumnOf[bytes[end - 1] as number] as number) < 0) return true;
    let pair = bytes[at] as number;
    for (let behind = at + 1; behind <= end; behind++) {
      pair = ((pair & 0xff) << 8) | (bytes[behind] as number);
      if (hasPair(beginnings, pair) && !this.#isDeadRaw(bytes, pair, behind)) return true;
    }
    if (percents > 0 && this.#beginsWithPercent(bytes, at, percents)) return true;
    return run > 1 && value >= 0 && hasPair(beginnings, (BACKSLASH << 8) | value);
  }

  /**
   * Whether what is read of a secret may go on with the characters that an escape is written in.
   */
  #isNeeded(byte: number, run: number, node: number): boolean {
    // So many backslashes do not all belong to the letter.
    if (run > 2 && run !== 4) return true;
    return nextByte(this.#tables, node, byte) >= this.#tables.secondLevel;
  }

  /**
   * Whether a secret begins with one of the percent signs that an escaped percent sign stands for.
   */
  #beginsWithPercent(bytes: Uint8Array, at: number, percents: number): boolean {
    for (let level = 0; level < percents; level++) {
      const behind = bytes[at + 3 + 2 * level] as number;
      if (hasPair(this.#tables.beginnings, (PERCENT << 8) | behind)) return true;
    }
    return false;
  }

  /**
   * Whether two bytes with which a secret begins do not go on, where they stand for themselves.
   * What begins an escape may stand for itself in longer ones too, and has to be read with care.
   */
  #isDeadRaw(bytes: Uint8Array, pair: number, second: number): boolean {
    const isPlain = (this.#tables.plainColumnOf[pair & 0xff] as number) >= 0;
    return isPlain && isDeadPair(this.#tables, bytes, pair, second + 1);
  }

  /**
   * Whether what is read is the first byte of a secret alone, which does not go on with what
   * follows.
   */
  #isDead(node: number, first: number, next: number, meant: number): boolean {
    const { beginnings, secondLevel } = this.#tables;
    if (node >= secondLevel) return false;
    return !hasPair(beginnings, (first << 8) | next) && !hasPair(beginnings, (first << 8) | meant);
  }
}
