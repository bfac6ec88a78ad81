import type { LiteralsShape } from './name-shape.js';

/** Longer patterns, and those of more parts, are left to the parser and its bounds. */
const MAX_LENGTH = 1000;
const MAX_PARTS = 64;

/**
 * The shape of a pattern of ASCII letters, digits and underscores with `.*` between them, as most
 * patterns are; undefined for any other pattern. It is what the parser and `literalShape` find, in
 * a hundredth of the time.
 */
export function plainShape(pattern: string): LiteralsShape | undefined {
  if (pattern.length > MAX_LENGTH) return undefined;
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < pattern.length; at++) {
    const unit = pattern.charCodeAt(at);
    if (isWordUnit(unit)) continue;
    if (unit !== DOT || pattern.charCodeAt(at + 1) !== STAR) return undefined;
    // Two gaps in a row are one.
    if (at === start && at > 0) return undefined;
    parts.push(pattern.slice(start, at));
    at++;
    start = at + 1;
  }
  parts.push(pattern.slice(start));
  if (parts.length > MAX_PARTS) return undefined;
  const gapMin = parts.slice(1).map(() => 0 as const);
  return { kind: 'literals', parts, gapMin, newlines: parts.length === 1, folded: false };
}

const DOT = 0x2e;
const STAR = 0x2a;

function isWordUnit(unit: number): boolean {
  if (unit >= 0x61) return unit <= 0x7a;
  return (unit >= 0x30 && unit <= 0x39) || (unit >= 0x41 && unit <= 0x5a) || unit === 0x5f;
}
