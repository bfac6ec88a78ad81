import { nextNode } from '../matchers/literal-automaton.js';
import { BASE64_VALUE, HEX_VALUE } from './byte-tables.js';
import { depthOf, type OnSecret } from './scan-escaped.js';
import type { SecretTables } from './secret-tables.js';

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
  /** Where characters begin and end in the text; undefined: just where they stand in `characters`. */
  readonly places?: { readonly starts: Int32Array; readonly ends: Int32Array };
}

/** Bits that one character stands for. */
const BASE64_BITS = 6;
const HEX_BITS = 4;

/**
 * Decodes runs of base64 and hex in all ways that their beginning allows (four for base64, two for hex), and reads the bytes with the automaton of
 * the secrets. So what stands before a secret in the encoded text makes no difference.
 */
export class RunDecoder {
  readonly #tables: SecretTables;
  readonly #live: (output: number) => boolean;
  #onSecret: OnSecret = () => {};
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
   * Reads six bits at a time. After each character, one of the four beginnings has no whole byte, and the others have one that ends after two, four
   * and six bits of it.
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
      if (output[first] !== 0) this.#report(run, first, read + 2, BASE64_BITS);
      if (output[second] !== 0) this.#report(run, second, read + 4, BASE64_BITS);
      if (output[third] !== 0) this.#report(run, third, read + 6, BASE64_BITS);
    }
    if (!run.open) return;
    const length = BASE64_BITS * (end - start);
    this.#hold(run, waiting, length - 6, BASE64_BITS);
    this.#hold(run, first, length - 4, BASE64_BITS);
    this.#hold(run, second, length - 2, BASE64_BITS);
    this.#hold(run, third, length, BASE64_BITS);
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
        this.#report(run, node, HEX_BITS * (at + 1 - start), HEX_BITS);
      }
    }
    if (!run.open || start === end) return;
    this.#hold(run, node, HEX_BITS * (end - start), HEX_BITS);
    this.#hold(run, other, HEX_BITS * (end - start - 1), HEX_BITS);
  }

  /**
   * Looks for secrets that begin in the first `least` characters of a run, and for no others: reads no further than one could go
   * on that does.
   */
  decodeBeginning(run: Run, least: number): void {
    for (let from = 0; from < 8; from += 2) this.#readBeginning(run, BASE64_VALUE, from, least);
    for (let from = 0; from < 8; from += HEX_BITS) this.#readBeginning(run, HEX_VALUE, from, least);
  }

  /** @param from bits that are left out at the beginning */
  #readBeginning(run: Run, values: Int8Array, from: number, least: number): void {
    const bitsEach = values === HEX_VALUE ? HEX_BITS : BASE64_BITS;
    const { automaton } = this.#tables;
    let [node, bits, known, endBit] = [0, 0, -from, from];
    for (let at = run.start; at < run.end; at++) {
      const value = values[run.characters[at] as number] as number;
      // The end of the hex digits.
      if (value < 0) return;
      bits = (bits << bitsEach) | value;
      known += bitsEach;
      if (known < 8) continue;
      known -= 8;
      endBit += 8;
      node = nextNode(automaton, node, (bits >>> known) & 0xff);
      if (automaton.output[node] !== 0) this.#report(run, node, endBit, bitsEach);
      const begins = endBit - 8 * depthOf(automaton.levels, node);
      if (begins >= least * bitsEach) return;
    }
    if (run.open) this.#hold(run, node, endBit, bitsEach);
  }

  /** Reports the longest secret that ends at a bit of a run. A character that holds only some of its bits belongs to it. */
  #report({ start, places }: Run, node: number, endBit: number, bitsEach: number): void {
    const { automaton, outputLength } = this.#tables;
    let output = automaton.output[node] as number;
    while (output !== 0 && !this.#live(output)) output = automaton.nextOutput[output] as number;
    if (output === 0) return;
    const startBit = endBit - 8 * (outputLength[output] as number);
    // Bits before the first character are none.
    if (startBit < 0) return;
    const first = start + Math.floor(startBit / bitsEach);
    const last = start + Math.ceil(endBit / bitsEach) - 1;
    if (places === undefined) this.#onSecret(output, first, last + 1);
    else this.#onSecret(output, places.starts[first] as number, places.ends[last] as number);
  }

  /** Keeps back what a beginning has read of a secret, and the bits that are no whole byte yet. */
  #hold({ start, end, places }: Run, node: number, endBit: number, bitsEach: number): void {
    const depth = depthOf(this.#tables.automaton.levels, node);
    const first = start + Math.max(0, Math.floor((endBit - 8 * depth) / bitsEach));
    if (first >= end) return;
    this.settled = Math.min(
      this.settled,
      places === undefined ? first : (places.starts[first] as number),
    );
  }
}
