import { quote } from '../model/errors.js';
import { findNearest } from './did-you-mean.js';

/**
 * The names of all options of `T`. An option that is an object of options has a table of its own.
 *
 * A record, so that an option that is added to `T` and not named here does not compile.
 */
export type OptionNames<T extends object> = {
  readonly [K in keyof Required<T>]: true | NestedNames<NonNullable<T[K]>>;
};
type NestedNames<T> = T extends object ? OptionNames<T> : never;

/** The same without the type it belongs to. */
interface NameTable {
  readonly [name: string]: true | NameTable;
}

/** Tables of options that belong somewhere else, by that place: `the first argument`. */
type Elsewhere = Readonly<Record<string, object>>;

/**
 * Refuses an option that does not exist: misspelt or misplaced, it would have no effect, and a rule
 * that was meant to be stricter would go unnoticed.
 *
 * Own members count, also those that are `undefined`. An option that is an object of options is
 * checked the same way.
 *
 * @param elsewhere says where a misplaced option belongs
 * @throws TypeError on an unknown option, with the name that was probably meant; on options that
 *   are not an object
 * @example
 * const OPTIONS: OptionNames<GateOptions> = { realm: true, cache: { maxTokens: true } };
 * checkOptions({ reallm: 'a' }, OPTIONS);
 * // TypeError: option `reallm` is unknown. Did you mean `realm`?
 */
export function checkOptions<T extends object>(
  options: unknown,
  names: OptionNames<NoInfer<T>>,
  elsewhere: Elsewhere = {},
): void {
  checkTable(options, names as NameTable, [], elsewhere, names as NameTable);
}

function checkTable(
  options: unknown,
  names: NameTable,
  path: readonly string[],
  elsewhere: Elsewhere,
  root: NameTable,
): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(
      path.length === 0
        ? 'options must be an object'
        : `option ${quote(path.join('.'))} must be an object`,
    );
  }
  for (const [name, value] of Object.entries(options)) {
    const known = Object.hasOwn(names, name) ? names[name] : undefined;
    if (known === undefined) {
      const written = quote([...path, name].join('.'));
      const hint = placeOf(name, root, path, elsewhere) ?? spellingOf(name, names);
      throw new TypeError(`option ${written} is unknown. ${hint}`);
    }
    if (known !== true && value !== undefined) {
      checkTable(value, known, [...path, name], elsewhere, root);
    }
  }
}

function spellingOf(written: string, names: NameTable): string {
  const known = Object.keys(names);
  const nearest = findNearest(written, known);
  if (nearest !== undefined) return `Did you mean ${quote(nearest)}?`;
  return known.length === 0 ? 'It takes no options' : `Known options: ${known.join(', ')}`;
}

/** Where an option of exactly this name belongs. */
function placeOf(
  name: string,
  root: NameTable,
  path: readonly string[],
  elsewhere: Elsewhere,
): string | undefined {
  if (path.length > 0 && Object.hasOwn(root, name)) {
    return `It belongs beside ${quote(path[0] as string)}`;
  }
  for (const [group, nested] of Object.entries(root)) {
    if (nested !== true && Object.hasOwn(nested, name)) return `It belongs in ${quote(group)}`;
  }
  for (const [place, table] of Object.entries(elsewhere)) {
    if (Object.hasOwn(table, name)) return `It belongs to ${place}`;
  }
  return undefined;
}
