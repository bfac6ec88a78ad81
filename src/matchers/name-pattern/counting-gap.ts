import { setContains } from './code-point-set.js';
import { type CountingNode, WORD } from './counting-program.js';

/**
 * The nodes of a gap of any length out of one set, the set last; none: the node is something else.
 */
export function gapOf(node: CountingNode | undefined): readonly CountingNode[] {
  const [loop] = node?.op === 'optional' ? node.parts : [];
  const [set] = loop?.op === 'loop' ? loop.parts : [];
  return node !== undefined && loop !== undefined && set?.op === 'set' ? [node, loop, set] : [];
}

/** The literal text between a leading gap and the first part that is not literal. */
export function literalAfterGap(parts: readonly CountingNode[]): string {
  let literal = '';
  for (const { op, codePoint } of parts.slice(1)) {
    const isUnit = codePoint < 0xd800 || (codePoint > 0xdfff && codePoint <= 0xffff);
    if (op !== 'set' || codePoint < 0 || !isUnit) break;
    literal += String.fromCharCode(codePoint);
  }
  return literal;
}

/** Whether a `set` reads every code point from a place up to another one. */
export function acceptsAll(node: CountingNode, name: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    let codePoint = name.charCodeAt(at);
    if (codePoint >= 0xd800) {
      codePoint = name.codePointAt(at) as number;
      if (codePoint > 0xffff) at++;
    }
    if (!accepts(node, codePoint)) return false;
  }
  return true;
}

/** Whether a `set` or a `run` reads a code point. */
export function accepts({ codePoint: only, ascii, set }: CountingNode, codePoint: number): boolean {
  if (only >= 0) return codePoint === only;
  if (codePoint < 0x80)
    return ((ascii[codePoint >>> 5] as number) & (1 << (codePoint & (WORD - 1)))) !== 0;
  return setContains(set, codePoint);
}
