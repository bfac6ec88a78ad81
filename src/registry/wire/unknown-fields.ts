import { quote } from '../../model/index.js';

/**
 * Field numbers of the registry's objects and of their specifications, by list. A test compares
 * them with the fields of each Feast that this package was compared with. Permissions are missing:
 * one with an unknown field is excluded.
 */
export const KNOWN_FIELDS: ReadonlyMap<
  string,
  { readonly message: string; readonly own: readonly number[]; readonly spec?: readonly number[] }
> = new Map([
  ['entities', { message: 'Entity', own: upTo(2), spec: upTo(10, 5, 6, 7) }],
  ['feature_views', { message: 'FeatureView', own: upTo(2), spec: upTo(20) }],
  ['on_demand_feature_views', { message: 'OnDemandFeatureView', own: upTo(2), spec: upTo(19, 9) }],
  ['stream_feature_views', { message: 'StreamFeatureView', own: upTo(2), spec: upTo(23) }],
  ['label_views', { message: 'LabelView', own: upTo(2), spec: upTo(15) }],
  ['feature_services', { message: 'FeatureService', own: upTo(2), spec: upTo(8) }],
  ['saved_datasets', { message: 'SavedDataset', own: upTo(2), spec: upTo(12) }],
  ['projects', { message: 'Project', own: upTo(2), spec: upTo(4) }],
  ['validation_references', { message: 'ValidationReference', own: upTo(7) }],
  ['data_sources', { message: 'DataSource', own: [...upTo(28, 6, 7, 8, 9, 10), 30, 35, 50] }],
]);
/** Most fields that are named. A registry may be written to hold any number of them. */
export const MAX_NAMED = 100;

/** Collects the fields of objects that this package does not know, to name them once each. */
export class UnknownFields {
  readonly #found = new Map<string, { readonly name: string; objects: number }>();

  /** Counts the fields of one object that are not known, by their numbers. */
  add(
    object: { readonly type: string; readonly name: string },
    {
      unknownOwn = [],
      unknownSpec = [],
    }: {
      readonly unknownOwn?: readonly number[] | undefined;
      readonly unknownSpec?: readonly number[] | undefined;
    },
  ): void {
    for (const number of unknownOwn) this.#count(`${object.type} has a field ${number}`, object);
    for (const number of unknownSpec) {
      this.#count(`specification of ${object.type} has a field ${number}`, object);
    }
  }

  /** One sentence for each field of each type. */
  warnings(): readonly string[] {
    return Object.freeze(
      [...this.#found].map(([what, { name, objects }]) => {
        const others = objects === 1 ? '' : ` and ${objects - 1} more`;
        return `${what} that this version does not know, in ${quote(name)}${others}: a newer Feast wrote it, and decisions ignore it`;
      }),
    );
  }

  #count(what: string, { name }: { readonly name: string }): void {
    const found = this.#found.get(what);
    if (found !== undefined) found.objects++;
    else if (this.#found.size < MAX_NAMED) this.#found.set(what, { name, objects: 1 });
  }
}

/** The numbers from 1 to `last`, without `gaps`. */
function upTo(last: number, ...gaps: readonly number[]): readonly number[] {
  return Array.from({ length: last }, (_, index) => index + 1).filter(
    (number) => !gaps.includes(number),
  );
}
