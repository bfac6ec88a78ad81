import { accepts, acceptsAll, gapOf, literalAfterGap } from './counting-gap.js';
import { buildCountingProgram, type CountingNode, WORD } from './counting-program.js';
import type { PatternNode } from './pattern-tree.js';

/** Runs one pattern with counted repeats; its memory is used again for each name. */
export class CountingMatcher {
  readonly #root: CountingNode | undefined;
  readonly #memory: Int32Array;
  /** What stands behind a gap that the pattern begins with; empty: it begins otherwise. */
  readonly #literal: string;
  /**
   * What the gap at its beginning is made of, and the one at its end: the outermost node first, the
   * set last.
   */
  readonly #gap: readonly CountingNode[];
  readonly #lastGap: CountingNode | undefined;

  constructor(tree: PatternNode) {
    const program = buildCountingProgram(tree);
    this.#root = program?.root;
    this.#memory = new Int32Array(program?.words ?? 1);
    this.#memory[0] = 1;
    const parts = this.#root?.op === 'sequence' ? this.#root.parts : [];
    this.#gap = gapOf(parts[0]);
    this.#literal = this.#gap.length === 0 ? '' : literalAfterGap(parts);
    this.#lastGap = gapOf(parts.at(-1)).at(-1);
  }

  /** @param name not empty */
  matches(name: string): boolean {
    const root = this.#root;
    if (root === undefined) return false;
    this.#clear(root);
    const gap = this.#literal === '' ? undefined : this.#gap.at(-1);
    let lastGap = this.#lastGap;
    for (let at = 0; at < name.length; at++) {
      if (gap !== undefined && (at === 0 || (root.lastLive === 0 && root.live))) {
        // Nothing but the gap is being read: it goes on to where the literal stands next.
        const next = name.indexOf(this.#literal, at);
        if (next < 0 || !acceptsAll(gap, name, at, next)) return false;
        if (next > at) this.#markGap(root);
        at = next;
      }
      let codePoint = name.charCodeAt(at);
      if (codePoint >= 0xd800 && codePoint <= 0xdbff) {
        codePoint = name.codePointAt(at) as number;
        if (codePoint > 0xffff) at++;
      }
      this.#step(root, 0, at === 0 || (at === 1 && codePoint > 0xffff), codePoint);
      if (!root.live) return false;
      if (lastGap === undefined || !root.done) continue;
      if (acceptsAll(lastGap, name, at + 1, name.length)) return true;
      // What is not of the gap is still to come, and the pattern may go on to it otherwise.
      lastGap = undefined;
    }
    return root.done;
  }

  /** The state after a gap at the beginning has been read, and nothing else. */
  #markGap(root: CountingNode): void {
    root.live = true;
    root.firstLive = 0;
    root.lastLive = 0;
    for (const node of this.#gap) {
      node.live = true;
      node.done = true;
      this.#memory[node.bits] = 1;
    }
  }

  /**
   * Reads one code point.
   *
   * INVARIANT: a node that is not live has no bit set, in itself and in its parts.
   *
   * @param input where the bits stand with which the node may begin; `starts`: any of them is set
   */
  #step(node: CountingNode, input: number, starts: boolean, codePoint: number): void {
    if (!starts && !node.live) return;
    switch (node.op) {
      case 'set':
        this.#stepSet(node, input, starts, codePoint);
        return;
      case 'run':
        this.#stepRun(node, input, starts, codePoint);
        return;
      case 'sequence':
        if (node.words === 1) this.#stepRow(node, input, starts, codePoint);
        else this.#stepSequence(node, input, starts, codePoint);
        return;
      case 'choice':
        this.#stepChoice(node, input, starts, codePoint);
        return;
      case 'loop':
        this.#stepLoop(node, input, starts, codePoint);
        return;
      case 'optional': {
        const body = node.parts[0] as CountingNode;
        this.#step(body, input, starts, codePoint);
        node.live = body.live;
        node.done = body.done;
        return;
      }
      case 'count':
        this.#stepCount(node, input, starts, codePoint);
    }
  }

  #stepSet(node: CountingNode, input: number, starts: boolean, codePoint: number): void {
    if (starts && accepts(node, codePoint)) {
      this.#copy(node.bits, input, node.words);
      node.live = true;
      node.done = true;
    } else if (node.live) {
      this.#fill(node.bits, node.words);
      node.live = false;
      node.done = false;
    }
  }

  /**
   * What `#stepSequence` does, where the bits of a part are one word: most patterns are such a row.
   */
  #stepRow(node: CountingNode, input: number, starts: boolean, codePoint: number): void {
    const { parts, work, lastNeeded, firstLive, lastLive } = node;
    const memory = this.#memory;
    let first = parts.length;
    let last = -1;
    let done = 0;
    let carry = starts ? (memory[input] as number) : 0;
    for (let index = starts ? 0 : firstLive; index < parts.length; index++) {
      if (carry === 0 && index > lastLive) break;
      const part = parts[index] as CountingNode;
      if (carry === 0 && !part.live) continue;
      const before = part.done ? (memory[part.bits] as number) : 0;
      if (part.op === 'set') {
        const bits = carry !== 0 && accepts(part, codePoint) ? carry : 0;
        memory[part.bits] = bits;
        part.live = bits !== 0;
        part.done = part.live;
      } else {
        memory[work] = carry;
        this.#step(part, work, carry !== 0, codePoint);
      }
      if (part.live) {
        if (last < 0) first = index;
        last = index;
        if (part.done && index >= lastNeeded) done |= memory[part.bits] as number;
      }
      carry = part.nullable ? carry | before : before;
    }
    node.firstLive = first;
    node.lastLive = last;
    memory[node.bits] = done;
    node.done = done !== 0;
    node.live = last >= 0;
  }

  #stepSequence(node: CountingNode, input: number, starts: boolean, codePoint: number): void {
    const { parts, words, work, lastNeeded } = node;
    const before = work + words;
    const { firstLive, lastLive } = node;
    node.firstLive = parts.length;
    node.lastLive = -1;
    node.done = false;
    this.#fill(node.bits, words);
    let carries = starts;
    if (starts) this.#copy(work, input, words);
    for (let index = starts ? 0 : firstLive; index < parts.length; index++) {
      if (!carries && index > lastLive) break;
      const part = parts[index] as CountingNode;
      if (!carries && !part.live) continue;
      const wasDone = part.done;
      if (wasDone) this.#copy(before, part.bits, words);
      this.#step(part, work, carries, codePoint);
      if (part.live) {
        if (node.lastLive < 0) node.firstLive = index;
        node.lastLive = index;
        if (part.done && index >= lastNeeded) {
          this.#merge(node.bits, part.bits, words);
          node.done = true;
        }
      }
      const passes = carries && part.nullable;
      if (wasDone && passes) {
        this.#merge(work, before, words);
      } else if (wasDone) this.#copy(work, before, words);
      carries = wasDone || passes;
    }
    node.live = node.lastLive >= 0;
  }

  #stepChoice(node: CountingNode, input: number, starts: boolean, codePoint: number): void {
    const { parts, words, bits } = node;
    node.live = false;
    node.done = false;
    this.#fill(bits, words);
    for (let index = 0; index < parts.length; index++) {
      const part = parts[index] as CountingNode;
      if (!starts && !part.live) continue;
      this.#step(part, input, starts, codePoint);
      if (!part.live) continue;
      node.live = true;
      if (!part.done) continue;
      node.done = true;
      this.#merge(bits, part.bits, words);
    }
  }

  #stepLoop(node: CountingNode, input: number, starts: boolean, codePoint: number): void {
    const { work, words } = node;
    const body = node.parts[0] as CountingNode;
    if (body.done) {
      this.#copy(work, body.bits, words);
      if (starts) {
        this.#merge(work, input, words);
      }
      this.#step(body, work, true, codePoint);
    } else this.#step(body, input, starts, codePoint);
    node.live = body.live;
    node.done = body.done;
  }

  /** Counts in place: from the highest word that is not 0 to the lowest. */
  #stepRun(node: CountingNode, input: number, starts: boolean, codePoint: number): void {
    const { bits, words, work, firstLive, lastLive } = node;
    this.#fill(bits, words);
    node.done = false;
    if (!accepts(node, codePoint)) {
      if (node.live) this.#fill(work + firstLive, lastLive - firstLive + 1);
      node.live = false;
      return;
    }
    if (node.live) this.#countRun(node);
    else {
      node.firstLive = 0;
      node.lastLive = -1;
    }
    if (starts) {
      this.#merge(work, input, words);
      node.firstLive = 0;
      node.lastLive = Math.max(node.lastLive, words - 1);
    }
    node.live = node.lastLive >= node.firstLive;
    node.done = node.live && this.#leave(node, work, node.firstLive, node.lastLive);
  }

  /**
   * Moves the bits of a run to the next values of its counter; those of the highest value are lost.
   */
  #countRun(node: CountingNode): void {
    const { work, inner, stride, values, firstLive, lastLive } = node;
    const memory = this.#memory;
    const part = stride & (WORD - 1);
    if (part === 0) {
      const whole = stride >>> 5;
      const last = Math.min(inner - 1, lastLive + whole);
      for (let word = last; word >= firstLive + whole; word--)
        memory[work + word] = memory[work + word - whole] as number;
      this.#fill(work + firstLive, Math.min(whole, inner - firstLive));
      node.firstLive = firstLive + whole;
      node.lastLive = last;
      return;
    }
    let last = Math.min(inner - 1, lastLive + 1);
    for (let word = last; word >= firstLive; word--) {
      const lower = word > 0 ? (memory[work + word - 1] as number) >>> (WORD - part) : 0;
      memory[work + word] = ((memory[work + word] as number) << part) | lower;
    }
    const used = (stride * values) & (WORD - 1);
    if (used !== 0 && last === inner - 1)
      memory[work + last] = (memory[work + last] as number) & ((1 << used) - 1);
    let first = firstLive;
    while (first <= last && memory[work + first] === 0) first++;
    while (last >= first && memory[work + last] === 0) last--;
    node.firstLive = first;
    node.lastLive = last;
  }

  #stepCount(node: CountingNode, input: number, starts: boolean, codePoint: number): void {
    const { work, words, bits } = node;
    const body = node.parts[0] as CountingNode;
    let begins = starts;
    if (body.done) begins = this.#countUp(node, body) || starts;
    else this.#fill(work, body.words);
    if (starts) {
      this.#merge(work, input, words);
    }
    this.#step(body, work, begins, codePoint);
    node.live = body.live;
    this.#fill(bits, words);
    node.done = body.done && this.#leave(node, body.bits, 0, body.words - 1);
  }

  /**
   * Puts the bits of a body into working memory, each for the next value of the counter. @returns
   * whether any is set
   */
  #countUp({ work, stride, values, saturates }: CountingNode, body: CountingNode): boolean {
    const memory = this.#memory;
    const from = body.bits;
    const whole = stride >>> 5;
    const part = stride & (WORD - 1);
    let any = 0;
    for (let word = body.words - 1; word >= 0; word--) {
      let shifted = word >= whole ? (memory[from + word - whole] as number) : 0;
      if (part !== 0) {
        const lower = word > 0 ? (memory[from + word - 1] as number) >>> (WORD - part) : 0;
        shifted = (shifted << part) | lower;
      }
      memory[work + word] = shifted;
      any |= shifted;
    }
    const used = stride * values;
    if ((used & (WORD - 1)) !== 0) {
      const last = work + body.words - 1;
      memory[last] = (memory[last] as number) & ((1 << (used & (WORD - 1))) - 1);
    }
    if (!saturates) return any !== 0;
    // The highest value goes on to be the highest.
    const top = stride * (values - 1);
    const mask = part === 0 ? -1 : ((1 << part) - 1) << (top & (WORD - 1));
    for (let word = top >>> 5; word < body.words; word++) {
      const kept = (memory[from + word] as number) & mask;
      memory[work + word] = (memory[work + word] as number) | kept;
      any |= kept;
    }
    return any !== 0;
  }

  /**
   * Adds up the bits of all values with which a repeat may be left.
   *
   * @param from where the bits of its body stand, which are 0 before the word `first` and after the
   *   word `last`
   * @returns whether any is set
   */
  #leave(node: CountingNode, from: number, first: number, last: number): boolean {
    const { bits, words, stride, leaveFrom } = node;
    const memory = this.#memory;
    const least = stride * (leaveFrom - 1);
    const start = Math.max(first, least >>> 5);
    let any = 0;
    if (stride >= WORD) {
      let to = start % words;
      for (let word = start; word <= last; word++) {
        const found = memory[from + word] as number;
        any |= found;
        memory[bits + to] = (memory[bits + to] as number) | found;
        to = to + 1 === words ? 0 : to + 1;
      }
      return any !== 0;
    }
    for (let word = start; word <= last; word++) {
      const mask = word === least >>> 5 ? -1 << (least & (WORD - 1)) : -1;
      any |= (memory[from + word] as number) & mask;
    }
    for (let width = WORD >>> 1; width >= stride; width >>>= 1) any |= any >>> width;
    memory[bits] = any & ((1 << stride) - 1);
    return memory[bits] !== 0;
  }

  #clear(node: CountingNode): void {
    if (!node.live) return;
    node.live = false;
    node.done = false;
    if (node.op === 'run')
      this.#fill(node.work + node.firstLive, node.lastLive - node.firstLive + 1);
    this.#fill(node.bits, node.words);
    node.lastLive = -1;
    for (const part of node.parts) this.#clear(part);
  }

  #copy(to: number, from: number, words: number): void {
    const memory = this.#memory;
    for (let word = 0; word < words; word++) memory[to + word] = memory[from + word] as number;
  }

  #merge(to: number, from: number, words: number): void {
    const memory = this.#memory;
    for (let word = 0; word < words; word++)
      memory[to + word] = (memory[to + word] as number) | (memory[from + word] as number);
  }

  #fill(at: number, words: number): void {
    const memory = this.#memory;
    for (let word = 0; word < words; word++) memory[at + word] = 0;
  }
}
