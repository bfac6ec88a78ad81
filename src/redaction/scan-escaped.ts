import { nextNode } from '../matchers/literal-automaton.js';
import { BACKSLASH, BASE64_VALUE, BLANK, PERCENT, PLUS } from './byte-tables.js';
import { begins, endOfRun, isDead, isDeadBetween } from './dead-beginnings.js';
import { EscapeChain } from './escape-chain.js';
import { Interruptions } from './interruptions.js';
import { LINE_FEED } from './read-breaks.js';
import { EscapeReadings, LONGEST_RUN, readEscapes } from './read-escapes.js';
import { type OnSecret, SecretReport } from './secret-report.js';
import { nextByte, type SecretTables } from './secret-tables.js';
import { NO_ESCAPE, NOT_SIMPLE, SimpleEscape } from './simple-escape.js';
import { ThreadSet } from './thread-set.js';

/** Where a scan stopped. */
export interface ScanEnd {
  /**
   * The text is read up to here: what follows is the beginning of an escape that is not complete.
   */
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
  readonly #report: SecretReport;
  readonly #chain: EscapeChain;
  readonly #readings = new EscapeReadings();
  readonly #simple = new SimpleEscape();
  readonly #interruptions = new Interruptions();
  #bytes: Uint8Array = NO_BYTES;
  /** What is read of a secret, as long as the text is read in one way. */
  #node = 0;
  /** Where it is read in several: the ways, of which each has read something. */
  readonly #threads = new ThreadSet();

  /** @param live whether an output is to be reported */
  constructor(tables: SecretTables, live: (output: number) => boolean) {
    this.#tables = tables;
    this.#report = new SecretReport(tables, live);
    this.#chain = new EscapeChain(tables);
  }

  /** @param complete no text follows: an incomplete escape is plain text */
  run(bytes: Uint8Array, complete: boolean, onSecret: OnSecret): ScanEnd {
    this.#bytes = bytes;
    this.#report.begin(bytes, onSecret);
    this.#node = 0;
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
    this.#threads.add(this.#node, at);
    return this.#end(at);
  }

  #end(stop: number): ScanEnd {
    let settled = stop;
    const threads = this.#threads;
    for (let thread = 0; thread < threads.size; thread++) {
      const start = this.#report.startOf(threads.node(thread), threads.place(thread));
      settled = Math.min(settled, start);
    }
    // What refers to the text may not keep it.
    this.#bytes = NO_BYTES;
    this.#report.end();
    return { stop, settled, interruptions: this.#interruptions };
  }

  /** Reads on byte by byte up to a special byte or the end. */
  #readPlain(from: number): number {
    const bytes = this.#bytes;
    const { plainColumnOf, moves, automaton } = this.#tables;
    const { rowCount, columns, output } = automaton;
    let node = this.#node;
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
      if (output[node] !== 0) this.#report.report(node, at);
    }
    this.#node = this.#alive(node, at);
    return at;
  }

  #isPlain(at: number): boolean {
    const byte = this.#bytes[at] as number;
    return byte !== LINE_FEED && (this.#tables.plainColumnOf[byte] as number) >= 0;
  }

  /**
   * Reads escapes of which one reading is enough, which nearly all are.
   *
   * @returns the first place that is plain, or where more than one reading has to be followed
   */
  #readEscapes(from: number): number {
    const bytes = this.#bytes;
    const { plainColumnOf } = this.#tables;
    let at = from;
    while (at < bytes.length && (plainColumnOf[bytes[at] as number] as number) < 0) {
      const chained = this.#followChain(at);
      const isPlain = (plainColumnOf[bytes[chained] as number] as number) >= 0;
      if (chained === bytes.length || isPlain) return chained;
      at = this.#readEscape(chained);
      if (at === chained) break;
    }
    return at;
  }

  #followChain(from: number): number {
    const chain = this.#chain;
    chain.node = this.#node;
    const at = chain.follow(this.#bytes, from, this.#interruptions);
    if (at > from) this.#moveTo(chain.node, at);
    return at;
  }

  /** @returns the place behind an escape; the same place: it has to be read with care */
  #readEscape(at: number): number {
    const bytes = this.#bytes;
    const simple = this.#simple;
    const byte = bytes[at] as number;
    if (this.#alive(nextByte(this.#tables, this.#node, byte), at + 1) !== 0) return at;
    if (byte === BACKSLASH && bytes[at + 1] === BACKSLASH) {
      const end = this.#node === 0 ? this.#endOfDeadRun(at) : at;
      if (end > at) return end;
    }
    simple.read(bytes, at);
    const { value, end } = simple;
    if (value === NOT_SIMPLE || simple.run > 1) return this.#readLongEscape(at);
    if (value === NO_ESCAPE) {
      this.#node = 0;
      return at + 1;
    }
    for (let percent = 0; percent < simple.percents; percent++) {
      const place = at + 3 + 2 * percent;
      if (this.#alive(nextByte(this.#tables, this.#node, PERCENT), place) !== 0) return at;
    }
    const read = nextByte(this.#tables, this.#node, value);
    // Behind a line break there may be more that belongs to it.
    if (value === LINE_FEED && read !== 0) return this.#readLongEscape(at);
    const node = this.#alive(read, end);
    const isInsideDead = isDeadBetween(this.#tables, bytes, at + 1, end);
    if (node !== 0 && !isInsideDead) return at;
    if (byte !== PLUS && (BASE64_VALUE[value] as number) >= 0) {
      this.#interruptions.push(at, end, value);
    }
    if (node !== 0) {
      this.#moveTo(node, end);
      return end;
    }
    this.#node = 0;
    return isInsideDead ? end : at + 1;
  }

  #readLongEscape(at: number): number {
    const readings = this.#readings;
    if (readEscapes(this.#bytes, at, this.#bytes.length, readings)) return at;
    const reading = this.#onlyReading(this.#node);
    if (reading === MANY) return at;
    if (reading === NONE) {
      this.#node = 0;
      this.#noteInterruption(at);
      return at + 1;
    }
    const end = readings.end(reading);
    if (!isDeadBetween(this.#tables, this.#bytes, at + 1, end)) return at;
    this.#noteInterruption(at);
    const node = this.#nodeOf(this.#node, reading);
    if (readings.length(reading) > 0) this.#moveTo(node, end);
    else this.#report.unevenEnd = end;
    return end;
  }

  /** An escape is read. */
  #moveTo(node: number, end: number): void {
    this.#node = node;
    if (node === 0) return;
    this.#report.unevenEnd = end;
    if (this.#tables.automaton.output[node] !== 0) this.#report.report(node, end);
  }

  /**
   * Passes over backslashes with which no secret begins, and which mean nothing to one with the
   * letter behind them.
   */
  #endOfDeadRun(at: number): number {
    const bytes = this.#bytes;
    if (begins(this.#tables, BACKSLASH)) return at;
    const end = endOfRun(bytes, at);
    // So far from its end, a run stands for backslashes alone.
    if (end - at > LONGEST_RUN) return end - LONGEST_RUN;
    this.#simple.read(bytes, end - 1);
    const { value } = this.#simple;
    const isJoined = value >= 0 && (BASE64_VALUE[value] as number) >= 0;
    return value === NOT_SIMPLE || isJoined || (value >= 0 && begins(this.#tables, value))
      ? at
      : end;
  }

  /** A node, or 0 if it has read one byte that does not go on at a place. */
  #alive(node: number, place: number): number {
    const tables = this.#tables;
    if (node === 0 || node >= tables.secondLevel) return node;
    const first = tables.automaton.unitOf[node] as number;
    return isDead(tables, this.#bytes, first, place) ? 0 : node;
  }

  /** The only reading by which a secret begins or goes on. */
  #onlyReading(node: number): number {
    const readings = this.#readings;
    let only = NONE;
    for (let reading = 0; reading < readings.size; reading++) {
      if (this.#alive(this.#nodeOf(node, reading), readings.end(reading)) === 0) continue;
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
   * Reads on in all ways until at most one is left.
   *
   * @returns the place, or where an escape at a place is not complete, minus that place minus 1
   */
  #readThreads(from: number, complete: boolean): number {
    const bytes = this.#bytes;
    const { plainColumnOf } = this.#tables;
    const threads = this.#threads;
    threads.add(this.#node, from);
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
    // At the end several may be left.
    this.#node = this.#isSingle(at) && threads.size > 0 ? threads.take(0) : 0;
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
      this.#report.unevenEnd = Math.max(this.#report.unevenEnd, end);
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
    if (moved && this.#tables.automaton.output[node] !== 0) this.#report.report(node, end);
    this.#threads.add(this.#alive(node, end), end);
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
    if (this.#tables.automaton.output[node] !== 0) this.#report.report(node, place);
    this.#threads.add(this.#alive(node, place), place);
  }
}

function isIndent(byte: number | undefined): boolean {
  return byte === BLANK || byte === TAB;
}

/** Whether a reading is a character of base64. */
function isBase64(readings: EscapeReadings, reading: number): boolean {
  return readings.length(reading) === 1 && (BASE64_VALUE[readings.byte(reading, 0)] as number) >= 0;
}
