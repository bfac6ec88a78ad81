import { depthOf } from '../matchers/literal-automaton.js';
import { findStart } from './find-start.js';
import { EscapeReadings } from './read-escapes.js';
import type { SecretTables } from './secret-tables.js';

/**
 * Told of a secret found: an output of the automaton, which never is 0, and where the secret begins
 * and ends.
 */
export type OnSecret = (output: number, start: number, end: number) => void;

const NO_BYTES = new Uint8Array();

/** Reports the secrets that a scan reads through escapes, and finds where they begin. */
export class SecretReport {
  readonly #tables: SecretTables;
  readonly #live: (output: number) => boolean;
  /** For `findStart`, which may run while those of the scan are in use. */
  readonly #readings = new EscapeReadings();
  #bytes: Uint8Array = NO_BYTES;
  #onSecret: OnSecret = () => {};
  #last = { output: 0, start: 0, end: 0 };
  /** After the last place that was read otherwise than byte by byte. */
  unevenEnd = 0;

  /** @param live whether an output is to be reported */
  constructor(tables: SecretTables, live: (output: number) => boolean) {
    this.#tables = tables;
    this.#live = live;
  }

  /** A scan begins. */
  begin(bytes: Uint8Array, onSecret: OnSecret): void {
    this.#bytes = bytes;
    this.#onSecret = onSecret;
    this.unevenEnd = 0;
    this.#last = { output: 0, start: 0, end: 0 };
  }

  /** What refers to the text may not keep it. */
  end(): void {
    this.#bytes = NO_BYTES;
  }

  /**
   * Reports the longest secret that the text read so far ends with, if it does: a shorter one lies
   * inside it.
   */
  report(node: number, end: number): void {
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
    if (latest >= this.unevenEnd) return latest;
    // A secret that overlaps itself: no need to look for what is masked anyway.
    if (this.#last.output === output && latest < this.#last.end) return this.#last.start;
    return this.startOf(outputNode[output] as number, end);
  }

  /** Where the text of a node begins that is read up to a place. */
  startOf(node: number, end: number): number {
    // An escape is longer than what it stands for: the start is this, or before it.
    const latest = end - depthOf(this.#tables.automaton.levels, node);
    if (latest >= this.unevenEnd) return latest;
    return findStart(this.#tables, this.#bytes, node, end, this.#readings);
  }
}
