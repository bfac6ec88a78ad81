import { foldCodePoint } from './case-folding.js';
import type { LiteralsShape, NameShape, RequiredLiterals } from './name-shape.js';
import type { CodePointSet, PatternNode, RepeatNode } from './pattern-tree.js';
import { setMembers } from './set-members.js';

/** Most literals of which one has to occur. */
const MAX_ALTERNATIVES = 16;

/**
 * Most literals of which one has to occur where a pattern lists its alternatives: it has as many
 * anyway.
 */
const MAX_LISTED_ALTERNATIVES = 1024;

/** Most entries that are worth telling of one pattern. */
const MAX_ENTRIES = 8;

/** Longest literal, in UTF-16 code units: the index gains nothing from longer ones. */
const MAX_LITERAL_LENGTH = 64;

/**
 * Finds literals that every match of a pattern contains.
 *
 * Shape: the result is an "and" of "ors", the most telling first; empty where nothing is known.
 * Conditions such as anchors only narrow a match, so they are passed over.
 *
 * @source the idea is that of RE2's `FilteredRE2`
 */
export function requiredLiterals(tree: PatternNode): readonly RequiredLiterals[] {
  const exact = mostTelling(
    entriesOf(tree, exactMembers).map((anyOf) => ({ anyOf, folded: false })),
  );
  // Folding a name costs time, so exact literals do where they are good enough.
  if (worthOf(exact[0]) >= GOOD_WORTH) return exact;
  const folded = mostTelling(
    entriesOf(tree, foldedMembers).map((anyOf) => ({ anyOf, folded: true })),
  );
  return worthOf(exact[0]) >= worthOf(folded[0]) ? exact : folded;
}

/** What the names of a shape have to contain. */
export function requiredByShape(shape: NameShape): readonly RequiredLiterals[] {
  switch (shape.kind) {
    case 'nothing':
      return [];
    case 'literals':
      return mostTelling(requiredByParts(shape));
    case 'choice':
      return requiredByAny(shape.options.map(requiredByParts));
    case 'expression':
      return shape.required;
  }
}

/** What names have to contain for which all of several conditions hold. */
export function requiredByAll(
  parts: readonly (readonly RequiredLiterals[])[],
): readonly RequiredLiterals[] {
  return mostTelling(parts.flat());
}

/** What names have to contain for which one of several conditions holds. */
export function requiredByAny(
  parts: readonly (readonly RequiredLiterals[])[],
): readonly RequiredLiterals[] {
  for (const folded of [false, true]) {
    const best = parts.map(
      (entries) => mostTelling(entries.filter((entry) => entry.folded === folded))[0],
    );
    const anyOf = [...new Set(best.flatMap((entry) => entry?.anyOf ?? []))];
    const known = best.length > 0 && best.every((entry) => entry !== undefined);
    if (known && anyOf.length <= MAX_LISTED_ALTERNATIVES) return [{ anyOf, folded }];
  }
  return [];
}

function requiredByParts({ parts, folded }: LiteralsShape): readonly RequiredLiterals[] {
  return parts.filter((part) => part !== '').map((part) => ({ anyOf: [shorten(part)], folded }));
}

/** The entries that tell names apart best: single letters only as a last resort. */
function mostTelling(entries: readonly RequiredLiterals[]): readonly RequiredLiterals[] {
  const unique = new Map(entries.map((entry) => [JSON.stringify(entry), entry]));
  const sorted = [...unique.values()].sort((a, b) => worthOf(b) - worthOf(a));
  const long = sorted.filter((entry) => shortest(entry.anyOf) > 1);
  return (long.length > 0 ? long : sorted).slice(0, MAX_ENTRIES);
}

/**
 * How well an entry tells names apart: a letter more halves the names that pass, an alternative
 * more lets others in.
 */
function worthOf(entry: RequiredLiterals | undefined): number {
  if (entry === undefined) return Number.NEGATIVE_INFINITY;
  return shortest(entry.anyOf) - Math.log2(entry.anyOf.length);
}

function shortest(literals: readonly string[]): number {
  return literals.reduce((least, literal) => Math.min(least, literal.length), MAX_LITERAL_LENGTH);
}

/** Cut where no character is halved. */
function shorten(literal: string): string {
  if (literal.length <= MAX_LITERAL_LENGTH) return literal;
  const last = literal.charCodeAt(MAX_LITERAL_LENGTH - 1);
  return literal.slice(
    0,
    last >= 0xd800 && last <= 0xdbff ? MAX_LITERAL_LENGTH - 1 : MAX_LITERAL_LENGTH,
  );
}

/** The worth of one literal of three letters. */
const GOOD_WORTH = 3;

type Members = (set: CodePointSet) => readonly number[] | undefined;

/** What is known of the texts that a node matches. */
interface Knowledge {
  /** All of them, where they are few. */
  readonly texts: readonly string[] | undefined;
  /** Each entry: one of its literals is in every text. */
  readonly entries: readonly (readonly string[])[];
}

const UNKNOWN: Knowledge = { texts: undefined, entries: [] };
const EMPTY_TEXT: Knowledge = { texts: [''], entries: [] };

function entriesOf(tree: PatternNode, members: Members): readonly (readonly string[])[] {
  return entriesFrom(knowledgeOf(tree, members));
}

function knowledgeOf(node: PatternNode, members: Members): Knowledge {
  switch (node.type) {
    case 'set': {
      const codePoints = members(node.set);
      return codePoints === undefined
        ? UNKNOWN
        : { texts: codePoints.map((codePoint) => String.fromCodePoint(codePoint)), entries: [] };
    }
    case 'sequence':
      return sequenceKnowledge(node.items, members);
    case 'choice':
      return choiceKnowledge(node.options.map((option) => knowledgeOf(option, members)));
    case 'repeat':
      return repeatKnowledge(node, members);
    case 'atomic':
      return knowledgeOf(node.body, members);
    default:
      return EMPTY_TEXT;
  }
}

function sequenceKnowledge(items: readonly PatternNode[], members: Members): Knowledge {
  let texts: readonly string[] = [''];
  let whole = true;
  const entries: (readonly string[])[] = [];
  for (const item of items) {
    const known = knowledgeOf(item, members);
    const joined = known.texts === undefined ? undefined : product(texts, known.texts);
    if (joined !== undefined) {
      texts = joined;
      continue;
    }
    whole = false;
    entries.push(...entriesFrom({ texts, entries: known.entries }));
    texts = known.texts ?? [''];
  }
  if (whole) return { texts, entries };
  return { texts: undefined, entries: entriesFrom({ texts, entries }) };
}

function product(texts: readonly string[], next: readonly string[]): readonly string[] | undefined {
  if (texts.length * next.length > MAX_ALTERNATIVES) return undefined;
  if (texts.some((text) => text.length > MAX_LITERAL_LENGTH)) return undefined;
  return texts.flatMap((text) => next.map((continuation) => text + continuation));
}

function choiceKnowledge(options: readonly Knowledge[]): Knowledge {
  if (options.every((option) => option.texts !== undefined)) {
    const texts = [...new Set(options.flatMap((option) => option.texts ?? []))];
    if (texts.length <= MAX_ALTERNATIVES) return { texts, entries: [] };
  }
  const best = options.map((option) => bestEntry(entriesFrom(option)));
  const union = new Set(best.flatMap((entry) => entry ?? []));
  const known = best.every((entry) => entry !== undefined) && union.size <= MAX_LISTED_ALTERNATIVES;
  return { texts: undefined, entries: known ? [[...union]] : [] };
}

function repeatKnowledge({ body, min, max }: RepeatNode, members: Members): Knowledge {
  if (min === 0 && max > 1) return UNKNOWN;
  const known = knowledgeOf(body, members);
  if (min === 0)
    return known.texts === undefined ? UNKNOWN : { texts: ['', ...known.texts], entries: [] };
  if (known.texts === undefined || min < max || min > MAX_LITERAL_LENGTH) {
    return { texts: undefined, entries: entriesFrom(known) };
  }
  let power: readonly string[] | undefined = known.texts;
  for (let count = 1; count < min && power !== undefined; count += 1)
    power = product(power, known.texts);
  return power === undefined
    ? { texts: undefined, entries: entriesFrom(known) }
    : { texts: power, entries: [] };
}

/** All that is known, as entries. */
function entriesFrom({ texts, entries }: Knowledge): readonly (readonly string[])[] {
  if (texts === undefined || texts.length === 0 || texts.includes('')) return entries;
  return [...entries, [...new Set(texts.map(shorten))]];
}

function bestEntry(entries: readonly (readonly string[])[]): readonly string[] | undefined {
  return mostTelling(entries.map((anyOf) => ({ anyOf, folded: false })))[0]?.anyOf;
}

function exactMembers(set: CodePointSet): readonly number[] | undefined {
  return setMembers(set, MAX_ALTERNATIVES);
}

function foldedMembers(set: CodePointSet): readonly number[] | undefined {
  const members = setMembers(set, 4 * MAX_ALTERNATIVES);
  const folded = new Set(members?.map(foldCodePoint));
  return members === undefined || folded.size > MAX_ALTERNATIVES ? undefined : [...folded];
}
