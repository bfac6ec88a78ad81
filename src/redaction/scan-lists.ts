import { depthOf, nextNode } from '../matchers/literal-automaton.js';
import type { ByteList, ByteLists } from './byte-lists.js';
import type { OnSecret } from './secret-report.js';
import type { SecretTables } from './secret-tables.js';

/** Bytes that a cut list shows of a secret at least: fewer do not count as a secret. */
const LEAST_SHOWN = 8;

/** A scan of the lists of numbers in a text for secrets. */
export class ListScan {
  readonly #tables: SecretTables;
  readonly #live: (output: number) => boolean;

  /** @param live whether an output is to be reported */
  constructor(tables: SecretTables, live: (output: number) => boolean) {
    this.#tables = tables;
    this.#live = live;
  }

  /** @returns the place before which no secret in a list begins that goes on after the text */
  run(lists: ByteLists, onSecret: OnSecret): number {
    let settled = Number.POSITIVE_INFINITY;
    for (const list of lists.lists) settled = Math.min(settled, this.#read(lists, list, onSecret));
    return settled;
  }

  #read(lists: ByteLists, list: ByteList, onSecret: OnSecret): number {
    const { automaton, outputLength } = this.#tables;
    const { values, starts, ends } = lists;
    const { from, to } = list;
    let node = 0;
    for (let index = from; index < to; index++) {
      node = nextNode(automaton, node, values[index] as number);
      const output = this.#liveOutput(automaton.output[node] as number);
      if (output === 0) continue;
      const first = index + 1 - (outputLength[output] as number);
      onSecret(output, starts[first] as number, ends[index] as number);
    }
    const depth = depthOf(automaton.levels, node);
    if (list.isCut && depth >= LEAST_SHOWN) {
      const output = this.#outputBelow(node);
      if (output !== 0) onSecret(output, starts[to - depth] as number, ends[to - 1] as number);
    }
    if (!list.isOpen) return Number.POSITIVE_INFINITY;
    if (depth > 0) return starts[to - depth] as number;
    return list.partial >= 0 && this.#mayBegin(lists, list)
      ? list.partial
      : Number.POSITIVE_INFINITY;
  }

  #liveOutput(first: number): number {
    let output = first;
    while (output !== 0 && !this.#live(output)) {
      output = this.#tables.automaton.nextOutput[output] as number;
    }
    return output;
  }

  /** A secret that begins with the text of a node; 0: it is not looked for any more. */
  #outputBelow(node: number): number {
    const { automaton, outputNode } = this.#tables;
    const open = [node];
    while (open.length > 0) {
      const at = open.pop() as number;
      const output = automaton.output[at] as number;
      if (output !== 0 && outputNode[output] === at && this.#live(output)) return output;
      const end = automaton.firstChild[at + 1] as number;
      for (let child = end - 1; child >= (automaton.firstChild[at] as number); child--) {
        open.push(child);
      }
    }
    return 0;
  }

  /** Whether a number that the text ends with may become the first byte of a secret. */
  #mayBegin(lists: ByteLists, { partial, form }: ByteList): boolean {
    const base = form === 'hex' ? 16 : 10;
    const known = Number.parseInt(lists.digitsAt(partial), base);
    // One more digit, and one more than that.
    for (let unit = form === 'hex' ? base : 1; unit * known < 256; unit *= base) {
      const most = Math.min(256, unit * (known + 1));
      for (let value = unit * known; value < most; value++) {
        if (nextNode(this.#tables.automaton, 0, value) !== 0) return true;
      }
      if (unit === 100 || form === 'hex') break;
    }
    return false;
  }
}
