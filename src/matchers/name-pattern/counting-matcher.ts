import { setContains } from './code-point-set.js';
import { buildCountingProgram, type CountingNode, WORD } from './counting-program.js';
import { widthOf } from './pattern-builders.js';
import type { PatternNode } from './pattern-tree.js';

/**
 * Compiles the exact test of a pattern with counted repeats. The name is read once; how often each repeat has been gone through is a set of
 * numbers, a bit for each, and the body of the repeat is there once, whatever the counts.
 *
 * Shape: `tree` is simplified and countable ({@link isCountable}), and has to match the whole name.
 * Cost: time O((parts + bits / 32) × length of the name), memory O(parts + bits / 32); nothing before the first test.
 *
 * @source S. Fischer, F. Huch, T. Wilke, A play on regular expressions (2010): marks that move through the tree of the expression; counters are ours
 */
export function compileCountingTest(tree: PatternNode): (name: string) => boolean {
  const { min, max } = widthOf(tree);
  let matcher: CountingMatcher | undefined;
  return (name) => {
    // A code point is one code unit or two.
    if (name.length < min || name.length > 2 * max) return false;
    if (name === '') return min === 0;
    matcher ??= new CountingMatcher(tree);
    return matcher.matches(name);
  };
}

class CountingMatcher {
  readonly #root: CountingNode | undefined;
  readonly #memory: Int32Array;

  constructor(tree: PatternNode) {
    const program = buildCountingProgram(tree);
    this.#root = program?.root;
    this.#memory = new Int32Array(program?.words ?? 1);
    this.#memory[0] = 1;
  }

  /** @param name not empty */
  matches(name: string): boolean {
    const root = this.#root;
    if (root === undefined) return false;
    this.#clear(root);
    for (let at = 0; at < name.length; at++) {
      let codePoint = name.charCodeAt(at);
      if (codePoint >= 0xd800 && codePoint <= 0xdbff) {
        codePoint = name.codePointAt(at) as number;
        if (codePoint > 0xffff) at++;
      }
      this.#step(root, 0, at === 0 || (at === 1 && codePoint > 0xffff), codePoint);
      if (!root.live) return false;
    }
    return root.done;
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
      case 'sequence':
        this.#stepSequence(node, input, starts, codePoint);
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

  #stepSequence(node: CountingNode, input: number, starts: boolean, codePoint: number): void {
    const { parts, words, work, lastNeeded } = node;
    const memory = this.#memory;
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
          for (let word = 0; word < words; word++)
            memory[node.bits + word] =
              (memory[node.bits + word] as number) | (memory[part.bits + word] as number);
          node.done = true;
        }
      }
      const passes = carries && part.nullable;
      if (wasDone && passes) {
        for (let word = 0; word < words; word++)
          memory[work + word] = (memory[work + word] as number) | (memory[before + word] as number);
      } else if (wasDone) this.#copy(work, before, words);
      carries = wasDone || passes;
    }
    node.live = node.lastLive >= 0;
  }

  #stepChoice(node: CountingNode, input: number, starts: boolean, codePoint: number): void {
    const { parts, words, bits } = node;
    const memory = this.#memory;
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
      for (let word = 0; word < words; word++)
        memory[bits + word] =
          (memory[bits + word] as number) | (memory[part.bits + word] as number);
    }
  }

  #stepLoop(node: CountingNode, input: number, starts: boolean, codePoint: number): void {
    const { work, words } = node;
    const memory = this.#memory;
    const body = node.parts[0] as CountingNode;
    if (body.done) {
      this.#copy(work, body.bits, words);
      if (starts) {
        for (let word = 0; word < words; word++)
          memory[work + word] = (memory[work + word] as number) | (memory[input + word] as number);
      }
      this.#step(body, work, true, codePoint);
    } else this.#step(body, input, starts, codePoint);
    node.live = body.live;
    node.done = body.done;
  }

  #stepCount(node: CountingNode, input: number, starts: boolean, codePoint: number): void {
    const { work, words, bits } = node;
    const memory = this.#memory;
    const body = node.parts[0] as CountingNode;
    let begins = starts;
    if (body.done) begins = this.#countUp(node, body) || starts;
    else this.#fill(work, body.words);
    if (starts) {
      for (let word = 0; word < words; word++)
        memory[work + word] = (memory[work + word] as number) | (memory[input + word] as number);
    }
    this.#step(body, work, begins, codePoint);
    node.live = body.live;
    this.#fill(bits, words);
    node.done = body.done && this.#leave(node, body);
  }

  /** Puts the bits of a body into working memory, each for the next value of the counter. @returns whether any is set */
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

  /** Adds up the bits of all values with which the repeat may be left. @returns whether any is set */
  #leave({ bits, words, stride, leaveFrom }: CountingNode, body: CountingNode): boolean {
    const memory = this.#memory;
    const first = stride * (leaveFrom - 1);
    const start = first >>> 5;
    let any = 0;
    if (stride >= WORD) {
      let to = 0;
      for (let word = start; word < body.words; word++) {
        const found = memory[body.bits + word] as number;
        any |= found;
        memory[bits + to] = (memory[bits + to] as number) | found;
        to = to + 1 === words ? 0 : to + 1;
      }
      return any !== 0;
    }
    for (let word = start; word < body.words; word++) {
      const mask = word === start ? -1 << (first & (WORD - 1)) : -1;
      any |= (memory[body.bits + word] as number) & mask;
    }
    for (let width = WORD >>> 1; width >= stride; width >>>= 1) any |= any >>> width;
    memory[bits] = any & ((1 << stride) - 1);
    return memory[bits] !== 0;
  }

  #clear(node: CountingNode): void {
    if (!node.live) return;
    node.live = false;
    node.done = false;
    node.lastLive = -1;
    this.#fill(node.bits, node.words);
    for (const part of node.parts) this.#clear(part);
  }

  #copy(to: number, from: number, words: number): void {
    const memory = this.#memory;
    for (let word = 0; word < words; word++) memory[to + word] = memory[from + word] as number;
  }

  #fill(at: number, words: number): void {
    const memory = this.#memory;
    for (let word = 0; word < words; word++) memory[at + word] = 0;
  }
}

function accepts({ codePoint: only, ascii, set }: CountingNode, codePoint: number): boolean {
  if (only >= 0) return codePoint === only;
  if (codePoint < 0x80)
    return ((ascii[codePoint >>> 5] as number) & (1 << (codePoint & (WORD - 1)))) !== 0;
  return setContains(set, codePoint);
}
