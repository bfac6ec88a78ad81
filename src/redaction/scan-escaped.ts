import { nextNode } from '../matchers/literal-automaton.js';
import { BACKSLASH, BASE64_VALUE, BLANK } from './byte-tables.js';
import { begins, endOfRun, passDeadEscape } from './dead-escapes.js';
import { findStart } from './find-start.js';
import { Interruptions } from './interruptions.js';
import { LINE_FEED } from './read-breaks.js';
import { EscapeReadings, LONGEST_RUN, readEscapes } from './read-escapes.js';
import type { SecretTables } from './secret-tables.js';
import { ThreadSet } from './thread-set.js';

/** Told of a secret found: an output of the automaton, which never is 0, and where the secret begins and ends. */
export type OnSecret = (output: number, start: number, end: number) => void;

/** Where a scan stopped. */
export interface ScanEnd {
  /** The text is read up to here: what follows is the beginning of an escape that is not complete. */
  readonly stop: number;
  /** No secret that goes on after the text begins before this place. */
  readonly settled: number;
  readonly interruptions: Interruptions;
}

const TAB = 9;
/** In place of a reading. */
const NONE = -1;
const MANY = -2;
const NO_BYTES = new Uint8Array();

/** A scan of one text for secrets, written plainly or with escapes, in any mixture. */
export class EscapeScan {
  readonly #tables: SecretTables;
  readonly #live: (output: number) => boolean;
  readonly #readings = new EscapeReadings();
  /** For `findStart`, which may run while the other is in use. */
  readonly #spare = new EscapeReadings();
  readonly #threads = new ThreadSet();
  readonly #interruptions = new Interruptions();
  #bytes: Uint8Array = NO_BYTES;
  #onSecret: OnSecret = () => {};
  /** After the last place that was read otherwise than byte by byte. */
  #unevenEnd = 0;
  #last = { output: 0, start: 0, end: 0 };

  /** @param live whether an output is to be reported */
  constructor(tables: SecretTables, live: (output: number) => boolean) {
    this.#tables = tables;
    this.#live = live;
  }

  /** @param complete no text follows: an escape that is not complete is none */
  run(bytes: Uint8Array, complete: boolean, onSecret: OnSecret): ScanEnd {
    this.#bytes = bytes;
    this.#onSecret = onSecret;
    this.#unevenEnd = 0;
    this.#last = { output: 0, start: 0, end: 0 };
    this.#threads.clear();
    this.#interruptions.count = 0;
    let at = 0;
    for (;;) {
      at = this.#readPlain(at);
      at = this.#readEscapes(at);
      if (at === bytes.length) break;
      if (this.#isPlain(at)) continue;
      const next = this.#readThreads(at, complete);
      if (next < 0) return this.#end(-next - 1);
      at = next;
    }
    return this.#end(at);
  }

  #end(stop: number): ScanEnd {
    let settled = stop;
    const threads = this.#threads;
    for (let thread = 0; thread < threads.size; thread++) {
      settled = Math.min(settled, this.#startOf(threads.node(thread), threads.place(thread)));
    }
    // What refers to the text may not keep it.
    this.#bytes = NO_BYTES;
    return { stop, settled, interruptions: this.#interruptions };
  }

  /** Reads on with the only thread, or none, byte by byte up to a special byte or the end. */
  #readPlain(from: number): number {
    const bytes = this.#bytes;
    const { plainColumnOf, moves, automaton } = this.#tables;
    const { rowCount, columns, output } = automaton;
    const threads = this.#threads;
    let node = threads.size === 0 ? 0 : threads.take(0);
    let at = from;
    while (at < bytes.length) {
      if (node < rowCount) {
        let row = node * columns;
        while (at < bytes.length) {
          const column = plainColumnOf[bytes[at] as number] as number;
          if (column < 0) break;
          const move = moves[row + column] as number;
          if (move < 0) break;
          row = move;
          at++;
        }
        node = row / columns;
      }
      if (at === bytes.length) break;
      const byte = bytes[at] as number;
      if ((plainColumnOf[byte] as number) < 0) break;
      const next = nextNode(automaton, node, byte);
      // The next line of a secret may be indented.
      if (byte === LINE_FEED && next !== 0 && isIndent(bytes[at + 1])) break;
      node = next;
      at++;
      if (output[node] !== 0) this.#report(node, at);
    }
    threads.add(node, at);
    return at;
  }

  #isPlain(at: number): boolean {
    const byte = this.#bytes[at] as number;
    return byte !== LINE_FEED && (this.#tables.plainColumnOf[byte] as number) >= 0;
  }

  /**
   * Reads escapes that mean but one thing to a secret, or nothing at all, which nearly all do: with the only thread, or none.
   *
   * @returns the first place that is plain, or where more than one reading has to be followed
   */
  #readEscapes(from: number): number {
    const bytes = this.#bytes;
    const { plainColumnOf, automaton } = this.#tables;
    const readings = this.#readings;
    const threads = this.#threads;
    let node = threads.size === 0 ? 0 : threads.take(0);
    let at = from;
    while (at < bytes.length) {
      const byte = bytes[at] as number;
      if ((plainColumnOf[byte] as number) >= 0) break;
      if (node === 0 ? begins(this.#tables, byte) : nextNode(automaton, node, byte) !== 0) break;
      if (node === 0 && byte === BACKSLASH) {
        const end = endOfRun(bytes, at);
        // So far from its end, a run stands for backslashes alone.
        if (end - at > LONGEST_RUN) at = end - LONGEST_RUN;
      }
      if (node === 0) {
        const behind = passDeadEscape(this.#tables, bytes, at, this.#interruptions);
        if (behind > at) {
          at = behind;
          continue;
        }
      }
      if (readEscapes(bytes, at, bytes.length, readings)) break;
      const reading = this.#onlyReading(node);
      if (reading === MANY) break;
      if (reading === NONE) {
        node = 0;
        this.#noteInterruption(at++);
        continue;
      }
      const end = readings.end(reading);
      if (!this.#isDead(at + 1, end)) break;
      this.#noteInterruption(at);
      this.#unevenEnd = end;
      const isMoved = readings.length(reading) > 0;
      node = this.#nodeOf(node, reading);
      if (isMoved && automaton.output[node] !== 0) this.#report(node, end);
      at = end;
    }
    threads.add(node, at);
    return at;
  }

  /** The only reading by which a secret begins or goes on. */
  #onlyReading(node: number): number {
    const readings = this.#readings;
    let only = NONE;
    for (let reading = 0; reading < readings.size; reading++) {
      if (this.#nodeOf(node, reading) === 0) continue;
      if (only !== NONE) return MANY;
      only = reading;
    }
    return only;
  }

  /** The node after a reading. */
  #nodeOf(from: number, reading: number): number {
    const readings = this.#readings;
    const { automaton } = this.#tables;
    let node = from;
    for (let index = 0; index < readings.length(reading); index++) {
      node = nextNode(automaton, node, readings.byte(reading, index));
    }
    return node;
  }

  /** Whether no secret begins between two places. */
  #isDead(from: number, to: number): boolean {
    const { plainColumnOf } = this.#tables;
    for (let at = from; at < to; at++) {
      const byte = this.#bytes[at] as number;
      if ((plainColumnOf[byte] as number) < 0 || begins(this.#tables, byte)) return false;
    }
    return true;
  }

  /** What the readings at a place are for base64: the longest one counts. */
  #noteInterruption(at: number): void {
    const readings = this.#readings;
    for (let reading = readings.size - 1; reading >= 0; reading--) {
      const isNothing = readings.length(reading) === 0;
      if (!isNothing && !isBase64(readings, reading)) continue;
      const character = isNothing ? -1 : readings.byte(reading, 0);
      this.#interruptions.push(at, readings.end(reading), character);
      return;
    }
  }

  /**
   * Reads on with all threads until at most one is left.
   *
   * @returns the place, or where an escape at a place is not complete, minus that place minus 1
   */
  #readThreads(from: number, complete: boolean): number {
    const bytes = this.#bytes;
    const { plainColumnOf } = this.#tables;
    let at = from;
    do {
      const byte = bytes[at] as number;
      if ((plainColumnOf[byte] as number) < 0 || byte === LINE_FEED) {
        const open = readEscapes(bytes, at, bytes.length, this.#readings);
        if (open && !complete) return -at - 1;
        this.#branch(at);
      }
      this.#step(at);
      at++;
    } while (at < bytes.length && !this.#isSingle(at));
    return at;
  }

  #isSingle(at: number): boolean {
    const threads = this.#threads;
    return threads.size === 0 || (threads.size === 1 && threads.place(0) === at);
  }

  /** Starts a thread for each reading of the escape at a place, from each thread that is there. */
  #branch(at: number): void {
    const readings = this.#readings;
    for (let reading = 0; reading < readings.size; reading++) {
      const end = readings.end(reading);
      this.#unevenEnd = Math.max(this.#unevenEnd, end);
      const threads = this.#threads;
      const { size } = threads;
      let fresh = true;
      for (let thread = 0; thread < size; thread++) {
        if (threads.place(thread) !== at) continue;
        fresh = false;
        this.#read(threads.node(thread), reading);
      }
      if (fresh) this.#read(0, reading);
    }
    this.#noteInterruption(at);
  }

  #read(from: number, reading: number): void {
    const node = this.#nodeOf(from, reading);
    const end = this.#readings.end(reading);
    const moved = this.#readings.length(reading) > 0;
    if (moved && this.#tables.automaton.output[node] !== 0) this.#report(node, end);
    this.#threads.add(node, end);
  }

  /** Moves every thread at a place on by the byte there. */
  #step(at: number): void {
    const { automaton } = this.#tables;
    const threads = this.#threads;
    const byte = this.#bytes[at] as number;
    let fresh = true;
    for (let thread = threads.size - 1; thread >= 0; thread--) {
      if (threads.place(thread) !== at) continue;
      fresh = false;
      this.#advance(nextNode(automaton, threads.take(thread), byte), at + 1);
    }
    if (fresh) this.#advance(nextNode(automaton, 0, byte), at + 1);
  }

  #advance(node: number, place: number): void {
    if (this.#tables.automaton.output[node] !== 0) this.#report(node, place);
    this.#threads.add(node, place);
  }

  /** Reports the longest secret that the text read so far ends with: a shorter one lies inside it. */
  #report(node: number, end: number): void {
    const { automaton } = this.#tables;
    let output = automaton.output[node] as number;
    while (output !== 0 && !this.#live(output)) output = automaton.nextOutput[output] as number;
    if (output === 0) return;
    const start = this.#startOfSecret(output, end);
    this.#last = { output, start, end };
    this.#onSecret(output, start, end);
  }

  #startOfSecret(output: number, end: number): number {
    const { outputNode, outputLength } = this.#tables;
    const latest = end - (outputLength[output] as number);
    if (latest >= this.#unevenEnd) return latest;
    // A secret that overlaps itself: no need to look for what is masked anyway.
    if (this.#last.output === output && latest < this.#last.end) return this.#last.start;
    return this.#startOf(outputNode[output] as number, end);
  }

  /** An escape is longer than what it stands for: the start is this, or before it. */
  #startOf(node: number, end: number): number {
    const latest = end - depthOf(this.#tables.automaton.levels, node);
    if (latest >= this.#unevenEnd) return latest;
    return findStart(this.#tables, this.#bytes, node, end, this.#spare);
  }
}

function isIndent(byte: number | undefined): boolean {
  return byte === BLANK || byte === TAB;
}

/** Whether a reading is a character of base64. */
function isBase64(readings: EscapeReadings, reading: number): boolean {
  return readings.length(reading) === 1 && (BASE64_VALUE[readings.byte(reading, 0)] as number) >= 0;
}

/** Number of bytes that lead to a node: the last level that begins at or before it. */
export function depthOf(levels: Int32Array, node: number): number {
  let low = 0;
  let high = levels.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((levels[middle] as number) <= node) low = middle;
    else high = middle - 1;
  }
  return low;
}
