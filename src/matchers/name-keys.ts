import type { LiteralsShape, NameShape, RequiredLiterals } from './name-pattern/name-shape.js';

/** Where in a name a literal has to stand. */
export type LiteralPlace = 'start' | 'end' | 'anywhere';

/** The pattern matches this name. */
export interface ExactKey {
  readonly kind: 'exact';
  readonly name: string;
  /** `name` is folded; compare it with the folded name. */
  readonly folded: boolean;
}

/** The pattern can match only a name in which one of the literals stands at the place. */
export interface LiteralKey {
  readonly kind: 'literal';
  readonly anyOf: readonly string[];
  readonly place: LiteralPlace;
  /** The literals are folded; look for them in the folded name. */
  readonly folded: boolean;
  /** In a name without a newline, a literal at its place is all that the pattern asks for. */
  readonly proves: boolean;
}

/**
 * What a name has to have to come into question for a pattern; `always` means that every name does.
 */
export type NameKey = ExactKey | LiteralKey | { readonly kind: 'always' };

/** One way of matching: a name that matches in this way has all of the keys, one or two. */
export type NameWay = readonly [NameKey] | readonly [NameKey, NameKey];

/** All keys of one way of matching, at least one. */
type WayKeys = readonly NameKey[];

/**
 * Longer literals are looked for by this many units only, so that a megabyte of pattern does not
 * become many megabytes of index. Names out of a request are not longer either.
 */
const MAX_LITERAL_LENGTH = 1024;

/** A key that more patterns than these share is given a second one: names with both are fewer. */
const MAX_SHARED = 8;

const ALWAYS: NameKey = { kind: 'always' };

/**
 * Chooses, for each pattern, the keys by which an index finds it. A name that matches has the keys
 * of one of the pattern's ways.
 *
 * Where a pattern requires several literals, the one that tells it apart best is chosen: the one
 * that the fewest patterns share. Patterns and names are written with the same words, so what many
 * patterns require stands in many names.
 *
 * @returns for each shape its ways of matching; none for a pattern that matches nothing
 */
export function chooseNameKeys(shapes: readonly NameShape[]): readonly (readonly NameWay[])[] {
  const choices = shapes.map(keysOfWays);
  const uses: LiteralUses = { plain: new Map(), folded: new Map() };
  for (const ways of choices) {
    for (const keys of ways) {
      for (const key of keys) countUses(key, uses);
    }
  }
  return choices.map((ways) => ways.map((keys) => chooseWay(keys, uses)));
}

/** A shape's ways of matching: any of them is enough. */
function keysOfWays(shape: NameShape): readonly WayKeys[] {
  switch (shape.kind) {
    case 'nothing':
      return [];
    case 'literals':
      return [literalsKeys(shape)];
    case 'choice': {
      const ways = shape.options.map(literalsKeys);
      return ways.some(([key]) => key === ALWAYS) ? [[ALWAYS]] : ways;
    }
    case 'expression':
      return [orAlways(shape.required.map(requiredKey))];
  }
}

function requiredKey({ anyOf, folded }: RequiredLiterals): NameKey {
  return literalKey(anyOf, 'anywhere', folded, false);
}

function literalsKeys(shape: LiteralsShape): WayKeys {
  const { parts, folded } = shape;
  const last = parts.length - 1;
  if (last === 0) return [{ kind: 'exact', name: parts[0] as string, folded }];
  const proves = asksForOneLiteral(shape);
  const keys: NameKey[] = [];
  for (let position = 0; position <= last; position++) {
    const part = parts[position] as string;
    if (part === '') continue;
    const place = position === 0 ? 'start' : position === last ? 'end' : 'anywhere';
    keys.push(literalKey([part], place, folded, proves));
  }
  return orAlways(keys);
}

/** Whether the shape asks for one literal and nothing else, in names without a newline. */
function asksForOneLiteral({ parts, gapMin }: LiteralsShape): boolean {
  let literals = 0;
  for (const part of parts) if (part !== '') literals++;
  return literals === 1 && !gapMin.includes(1);
}

function literalKey(
  anyOf: readonly string[],
  place: LiteralPlace,
  folded: boolean,
  proves: boolean,
): LiteralKey {
  if (anyOf.every((literal) => literal.length <= MAX_LITERAL_LENGTH)) {
    return { kind: 'literal', anyOf, place, folded, proves };
  }
  const cut = anyOf.map((literal) =>
    place === 'end' ? literal.slice(-MAX_LITERAL_LENGTH) : literal.slice(0, MAX_LITERAL_LENGTH),
  );
  return { kind: 'literal', anyOf: cut, place, folded, proves: false };
}

function orAlways(keys: readonly NameKey[]): WayKeys {
  return keys.length === 0 ? [ALWAYS] : keys;
}

/** How many patterns might be found by a literal. */
interface LiteralUses {
  readonly plain: Map<string, number>;
  readonly folded: Map<string, number>;
}

function countUses(key: NameKey, uses: LiteralUses): void {
  if (key.kind !== 'literal') return;
  const counts = key.folded ? uses.folded : uses.plain;
  for (const literal of key.anyOf) counts.set(literal, (counts.get(literal) ?? 0) + 1);
}

function chooseWay(keys: WayKeys, uses: LiteralUses): NameWay {
  const best = rarestKey(keys, uses) as NameKey;
  if (keys.length === 1 || mostUses(best, uses) <= MAX_SHARED) return [best];
  const second = rarestKey(keys, uses, best);
  return second === undefined ? [best] : [best, second];
}

function rarestKey(keys: WayKeys, uses: LiteralUses, besides?: NameKey): NameKey | undefined {
  let rarest: NameKey | undefined;
  let lowest = Number.POSITIVE_INFINITY;
  for (const key of keys) {
    if (key === besides) continue;
    const hits = expectedHits(key, uses);
    if (hits >= lowest) continue;
    rarest = key;
    lowest = hits;
  }
  return rarest;
}

/**
 * How often names are expected to have a key, on a scale of no unit: longer literals are rarer, and
 * so are those of one place.
 */
function expectedHits(key: NameKey, uses: LiteralUses): number {
  if (key.kind !== 'literal') return 0;
  let hits = 0;
  for (const literal of key.anyOf) hits += usesOf(literal, key.folded, uses) / literal.length;
  return key.place === 'anywhere' ? hits : hits / 2;
}

function mostUses(key: NameKey, uses: LiteralUses): number {
  if (key.kind !== 'literal') return 0;
  return key.anyOf.reduce((most, literal) => Math.max(most, usesOf(literal, key.folded, uses)), 0);
}

function usesOf(literal: string, folded: boolean, uses: LiteralUses): number {
  return (folded ? uses.folded : uses.plain).get(literal) ?? 0;
}
