import { grown } from '../foundation/grown.js';
import type { CompiledNamePattern } from './name-pattern/compile-name-pattern.js';
import type { NameShape, RequiredLiterals } from './name-pattern/name-shape.js';

const INITIAL = 16;
const EVERY_BIT = -1;

/**
 * Two words of 32 bits: one bit for each pair of neighbouring characters, several pairs to a bit.
 */
type Signature = readonly [low: number, high: number];

const NOTHING_KNOWN: Signature = [0, 0];

/**
 * Finds the names that one pattern may match without reading the names: 64 bits of each say which
 * pairs of characters it has, and a pattern's literals need some of them. A million names take a
 * millisecond or two.
 */
export class NameSignatures {
  #words = new Int32Array(2 * INITIAL);
  #count = 0;

  /** Adds the next name. */
  add(name: string): void {
    const at = 2 * this.#count++;
    if (at + 2 > this.#words.length) {
      this.#words = grown(this.#words, Math.max(INITIAL, 2 * this.#words.length));
    }
    let low = 0;
    let high = 0;
    let before = -1;
    for (let place = 0; place < name.length; place++) {
      const unit = folded(name.charCodeAt(place));
      if (unit >= 128) {
        // Case folding leads from some characters beyond ASCII into it: such a name has all pairs.
        low = EVERY_BIT;
        high = EVERY_BIT;
        break;
      }
      if (before >= 0) {
        const bit = bitOf(before, unit);
        if (bit < 32) low |= 1 << bit;
        else high |= 1 << (bit & 31);
      }
      before = unit;
    }
    this.#words[at] = low;
    this.#words[at + 1] = high;
  }

  /**
   * The positions of all names that one of some patterns may match, ascending. Those that it leaves
   * out do not match.
   */
  candidates(patterns: readonly CompiledNamePattern[], count: number): Int32Array {
    const wanted = patterns.flatMap(({ shape }) => signaturesOf(shape));
    const found = new Int32Array(count);
    let length = 0;
    for (let name = 0; name < count; name++) {
      const low = this.#words[2 * name] as number;
      const high = this.#words[2 * name + 1] as number;
      for (const [needsLow, needsHigh] of wanted) {
        if ((low & needsLow) !== needsLow || (high & needsHigh) !== needsHigh) continue;
        found[length++] = name;
        break;
      }
    }
    return found.subarray(0, length);
  }

  /** Gives back what was reserved for more names. */
  trim(): void {
    this.#words = this.#words.slice(0, 2 * this.#count);
  }
}

/** A name that matches a shape has the bits of one of these. */
function signaturesOf(shape: NameShape): readonly Signature[] {
  switch (shape.kind) {
    case 'nothing':
      return [];
    case 'literals':
      return [union(shape.parts.map(signatureOf))];
    case 'choice':
      return shape.options.map(({ parts }) => union(parts.map(signatureOf)));
    case 'expression':
      return [union(shape.required.map(ofAny))];
  }
}

/** What each of some literals has. */
function ofAny({ anyOf }: RequiredLiterals): Signature {
  return anyOf
    .map(signatureOf)
    .reduce(([low, high], [otherLow, otherHigh]) => [low & otherLow, high & otherHigh]);
}

function union(signatures: readonly Signature[]): Signature {
  return signatures.reduce(
    ([low, high], [otherLow, otherHigh]) => [low | otherLow, high | otherHigh],
    NOTHING_KNOWN,
  );
}

function signatureOf(literal: string): Signature {
  let low = 0;
  let high = 0;
  for (let place = 1; place < literal.length; place++) {
    const before = folded(literal.charCodeAt(place - 1));
    const unit = folded(literal.charCodeAt(place));
    if (before >= 128 || unit >= 128) continue;
    const bit = bitOf(before, unit);
    if (bit < 32) low |= 1 << bit;
    else high |= 1 << (bit & 31);
  }
  return [low, high];
}

/** Lower case within ASCII. */
function folded(unit: number): number {
  return unit >= 65 && unit <= 90 ? unit + 32 : unit;
}

function bitOf(before: number, unit: number): number {
  return (Math.imul((before << 7) | unit, 0x9e3779b1) >>> 26) & 63;
}
