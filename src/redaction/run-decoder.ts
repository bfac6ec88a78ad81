import { depthOf, nextNode } from '../matchers/literal-automaton.js';
import { BASE64_VALUE, HEX_VALUE } from './byte-tables.js';
import type { OnSecret } from './secret-report.js';
import { hasPair, type SecretTables } from './secret-tables.js';

/** Hex digits of the shortest secret, of eight bytes. */
export const SHORTEST_HEX = 16;
/** Base64 characters that the shortest secret is spread over. */
export const SHORTEST_BASE64 = 11;

/** Characters of base64 or hex that belong together. */
export interface Run {
  readonly characters: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Whether it may go on after the text. */
  readonly open: boolean;
  /**
   * Where characters begin and end in the text; undefined: just where they stand in `characters`.
   */
  readonly places?: { readonly starts: Int32Array; readonly ends: Int32Array };
}

const NO_BYTES = new Uint8Array();
/** Bits that one character stands for. */
const BASE64_BITS = 6;
const HEX_BITS = 4;
const ALL_SKIPS = 0xff;

/**
 * Decodes runs of base64 and hex in all ways that their beginning allows (four for base64, two for
 * hex), and reads the bytes with the automaton of the secrets. So what stands before a secret in
 * the encoded text makes no difference.
 */
export class RunDecoder {
  readonly #tables: SecretTables;
  readonly #live: (output: number) => boolean;
  #onSecret: OnSecret = () => {};
  /**
   * Characters before a run end at this place of the text; the run begins with the character
   * `#from`.
   */
  #text: Uint8Array = NO_BYTES;
  #stop = 0;
  #from = 0;
  /** The place before which no secret begins that goes on after the text. */
  settled = 0;

  /** @param live whether an output is to be reported */
  constructor(tables: SecretTables, live: (output: number) => boolean) {
    this.#tables = tables;
    this.#live = live;
  }

  /** @param stop the text is known up to here */
  start(stop: number, onSecret: OnSecret): void {
    this.settled = stop;
    this.#onSecret = onSecret;
  }

  /**
   * Reads six bits at a time. After each character, one of the four beginnings has no whole byte,
   * and the others have one that ends after two, four and six bits of it.
   */
  decodeBase64(run: Run): void {
    const { characters, start, end } = run;
    const { automaton, columnOf } = this.#tables;
    const { rows, rowCount, columns, output } = automaton;
    let bits = 0;
    let [waiting, first, second, third] = [0, 0, 0, 0];
    for (let at = start; at < end; at++) {
      bits = (bits << BASE64_BITS) | (BASE64_VALUE[characters[at] as number] as number);
      const [two, four, six] = [(bits >>> 4) & 0xff, (bits >>> 2) & 0xff, bits & 0xff];
      const done = third;
      third =
        second < rowCount
          ? (rows[second * columns + (columnOf[six] as number)] as number)
          : nextNode(automaton, second, six);
      second =
        first < rowCount
          ? (rows[first * columns + (columnOf[four] as number)] as number)
          : nextNode(automaton, first, four);
      first =
        waiting < rowCount
          ? (rows[waiting * columns + (columnOf[two] as number)] as number)
          : nextNode(automaton, waiting, two);
      waiting = done;
      const read = BASE64_BITS * (at - start);
      if (output[first] !== 0) this.#report(run, start, first, read + 2, BASE64_BITS);
      if (output[second] !== 0) this.#report(run, start, second, read + 4, BASE64_BITS);
      if (output[third] !== 0) this.#report(run, start, third, read + 6, BASE64_BITS);
    }
    if (!run.open) return;
    const length = BASE64_BITS * (end - start);
    this.#hold(run, start, waiting, length - 6, BASE64_BITS);
    this.#hold(run, start, first, length - 4, BASE64_BITS);
    this.#hold(run, start, second, length - 2, BASE64_BITS);
    this.#hold(run, start, third, length, BASE64_BITS);
  }

  /** All characters are hex digits, in any case. */
  decodeHex(run: Run): void {
    const { characters, start, end } = run;
    const { automaton } = this.#tables;
    let [node, other] = [0, 0];
    for (let at = start + 1; at < end; at++) {
      const high = HEX_VALUE[characters[at - 1] as number] as number;
      const low = HEX_VALUE[characters[at] as number] as number;
      const next = nextNode(automaton, other, (high << HEX_BITS) | low);
      other = node;
      node = next;
      if (automaton.output[node] !== 0) {
        this.#report(run, start, node, HEX_BITS * (at + 1 - start), HEX_BITS);
      }
    }
    if (!run.open || start === end) return;
    this.#hold(run, start, node, HEX_BITS * (end - start), HEX_BITS);
    this.#hold(run, start, other, HEX_BITS * (end - start - 1), HEX_BITS);
  }

  /**
   * Looks for secrets that begin in characters that end at a place of the text and go on in a part
   * of a run, and for no others: reads no further than one could go on that does.
   *
   * @param run its places are known
   * @param from where the part begins
   * @param tail where the characters begin
   * @param isBase64 whether the characters are base64, or else hex
   */
  decodeBeginning(run: Run, from: number, text: Uint8Array, tail: number, isBase64: boolean): void {
    this.#text = text;
    this.#from = from;
    this.#stop = run.places?.ends[from - 1] as number;
    const length = this.#stop - tail;
    this.#readBeginnings(run, from - length, length, isBase64);
    this.#text = NO_BYTES;
    this.#from = 0;
  }

  #readBeginnings(run: Run, start: number, length: number, isBase64: boolean): void {
    const skips = this.#beginningsIn(run, start, length, isBase64);
    for (let skip = 0; skip < 8; skip += isBase64 ? 2 : HEX_BITS) {
      if ((skips & (1 << skip)) !== 0) this.#readBeginning(run, start, length, skip, isBase64);
    }
  }

  /**
   * Looks for the first two bytes of a secret that begin in some characters: in four of them they
   * lie, from one of their bits on.
   *
   * @returns a bit for each number of bits to be left out before the bytes of such a secret
   */
  #beginningsIn(run: Run, start: number, length: number, isBase64: boolean): number {
    const values = isBase64 ? BASE64_VALUE : HEX_VALUE;
    const bitsEach = isBase64 ? BASE64_BITS : HEX_BITS;
    const { beginnings } = this.#tables;
    const most = 4 * bitsEach - 16;
    let bits = 0;
    let skips = 0;
    for (let at = start; at < start + length + 3; at++) {
      // What follows may make any of them one.
      if (at >= run.end) return run.open ? ALL_SKIPS : skips;
      const value = values[this.#characterAt(run, at)] as number;
      // The end of the hex digits.
      if (value < 0) return skips;
      bits = (bits << bitsEach) | value;
      if (at < start + 3) continue;
      const known = (at - 3 - start) * bitsEach;
      // From the last bit of the first character on, it begins in the next one.
      for (let skipped = 0; skipped <= most && skipped < bitsEach; skipped += 2) {
        if (hasPair(beginnings, (bits >>> (most - skipped)) & 0xffff)) {
          skips |= 1 << ((known + skipped) & 7);
        }
      }
    }
    return skips;
  }

  /** A character of a run, or of those before it. */
  #characterAt({ characters }: Run, at: number): number {
    const byte = at < this.#from ? this.#text[this.#stop - (this.#from - at)] : characters[at];
    return byte as number;
  }

  /** @param skip bits that are left out at the beginning */
  #readBeginning(run: Run, start: number, length: number, skip: number, isBase64: boolean): void {
    const values = isBase64 ? BASE64_VALUE : HEX_VALUE;
    const bitsEach = isBase64 ? BASE64_BITS : HEX_BITS;
    const { automaton } = this.#tables;
    let node = 0;
    let bits = 0;
    let known = -skip;
    let endBit = skip;
    for (let at = start; at < run.end; at++) {
      const value = values[this.#characterAt(run, at)] as number;
      // The end of the hex digits.
      if (value < 0) return;
      bits = (bits << bitsEach) | value;
      known += bitsEach;
      if (known < 8) continue;
      known -= 8;
      endBit += 8;
      node = nextNode(automaton, node, (bits >>> known) & 0xff);
      if (automaton.output[node] !== 0) this.#report(run, start, node, endBit, bitsEach);
      // Of the root's children all have read one byte.
      if (endBit >= length * bitsEach) {
        const begins = endBit - 8 * depthOf(automaton.levels, node);
        if (begins >= length * bitsEach) return;
      }
    }
    if (run.open) this.#hold(run, start, node, endBit, bitsEach);
  }

  /**
   * Reports the longest secret that ends at a bit of a run. A character that holds only some of its
   * bits belongs to it.
   */
  #report(run: Run, start: number, node: number, endBit: number, bitsEach: number): void {
    const { automaton, outputLength } = this.#tables;
    let output = automaton.output[node] as number;
    while (output !== 0 && !this.#live(output)) output = automaton.nextOutput[output] as number;
    if (output === 0) return;
    const startBit = endBit - 8 * (outputLength[output] as number);
    // Bits before the first character do not count.
    if (startBit < 0) return;
    const first = start + Math.floor(startBit / bitsEach);
    const last = start + Math.ceil(endBit / bitsEach) - 1;
    this.#onSecret(output, this.#startOf(run, first), this.#endOf(run, last));
  }

  /** Keeps back what a beginning has read of a secret, and the bits of an incomplete byte. */
  #hold(run: Run, start: number, node: number, endBit: number, bitsEach: number): void {
    const depth = depthOf(this.#tables.automaton.levels, node);
    const first = start + Math.max(0, Math.floor((endBit - 8 * depth) / bitsEach));
    if (first < run.end) this.settled = Math.min(this.settled, this.#startOf(run, first));
  }

  /** Where a character of a run begins in the text. */
  #startOf({ places }: Run, character: number): number {
    if (places === undefined) return character;
    if (character >= this.#from) return places.starts[character] as number;
    return this.#stop - (this.#from - character);
  }

  #endOf(run: Run, character: number): number {
    if (run.places === undefined || character < this.#from) {
      return this.#startOf(run, character) + 1;
    }
    return run.places.ends[character] as number;
  }
}
