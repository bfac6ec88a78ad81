import { GroupBuilder, type Groups } from './group-builder.js';
import { HitBuffer } from './hit-buffer.js';
import { compileLiteralScanner } from './literal-scanner.js';
import { MarkSet } from './mark-set.js';
import type { ExactKey, LiteralKey, LiteralPlace } from './name-keys.js';

/** A key and what is to be found by it: an integer that means something to the caller. */
export interface KeyEntry {
  readonly key: ExactKey | LiteralKey;
  readonly entry: number;
}

/** Finds the keys that a name has: exact names by one look-up, literals by one scan. */
export interface KeyTable {
  /**
   * Appends the entry of each key that the name has, once for each of the key's literals that stand
   * in it.
   *
   * @param name folded, where the keys are
   */
  find(name: string, entries: HitBuffer): void;
}

/**
 * Compiles keys that are all folded or all not. The table keeps working memory: one `find` at a
 * time.
 */
export function compileKeyTable(keys: readonly KeyEntry[]): KeyTable {
  const exactNames = new GroupBuilder();
  const literals = new Map<string, number>();
  const places: Record<LiteralPlace, GroupBuilder> = {
    start: new GroupBuilder(literals),
    end: new GroupBuilder(literals),
    anywhere: new GroupBuilder(literals),
  };
  for (const { key, entry } of keys) {
    if (key.kind === 'exact') exactNames.add(key.name, entry);
    else for (const literal of key.anyOf) places[key.place].add(literal, entry);
  }
  const groupOf = exactNames.groups;
  const exact = exactNames.build();
  const findLiterals = compileLiteralFinder([...literals.keys()], {
    start: places.start.build(),
    end: places.end.build(),
    anywhere: places.anywhere.build(),
  });
  return {
    find(name, entries) {
      const group = groupOf.get(name);
      if (group !== undefined) pushGroup(exact, group, entries);
      findLiterals(name, entries);
    },
  };
}

function pushGroup({ from, entries }: Groups, group: number, to: HitBuffer): void {
  const end = from[group + 1] as number;
  for (let at = from[group] as number; at < end; at++) to.push(entries[at] as number);
}

function compileLiteralFinder(
  literals: readonly string[],
  places: Readonly<Record<LiteralPlace, Groups>>,
): (name: string, entries: HitBuffer) => void {
  if (literals.length === 0) return () => {};
  const scanner = compileLiteralScanner(literals);
  const lengths = Int32Array.from(literals, (literal) => literal.length);
  const seen = new MarkSet(literals.length + 1);
  const found = new HitBuffer();
  const { start, end, anywhere } = places;
  return (name, entries) => {
    const state = scanner.findFirst(name, seen, found);
    for (let at = 0; at < found.count; at += 2) {
      const literal = found.at(at);
      // A literal that the name starts with occurs there first.
      if (found.at(at + 1) === lengths[literal]) pushGroup(start, literal, entries);
      pushGroup(anywhere, literal, entries);
    }
    if (end.entries.length === 0) return;
    scanner.findEnding(state, found);
    for (let at = 0; at < found.count; at++) pushGroup(end, found.at(at), entries);
  };
}
