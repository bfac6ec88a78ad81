import { RequestInvalidError } from 'feast-permissions/errors';
import * as z from 'zod';
import type { Definitions, OnDemandView, Selection, View } from './definitions.js';
import { type Row, TRANSFORMATIONS } from './on-demand-views.js';
import type { OnlineStore, StoredValue } from './online-store.js';
import { parseBody } from './parse-body.js';
import { acceptValue, type Column, encodeEntityKey, type Value } from './values.js';

const REQUEST = z.object({
  entities: z.record(z.string(), z.array(z.unknown())),
  feature_service: z.string().nullish(),
  features: z.array(z.string()).nullish(),
  full_feature_names: z.boolean().default(false),
});

/** One column of an answer. */
interface Result {
  readonly values: readonly Value[];
  readonly statuses: readonly ('PRESENT' | 'NOT_FOUND')[];
  readonly event_timestamps: readonly string[];
}

export interface OnlineFeatures {
  readonly results: readonly Result[];
  readonly metadata: { readonly feature_names: readonly string[] };
}

/** What is asked for, sorted by what has it. */
interface Plan {
  readonly stored: readonly { readonly view: View; readonly features: readonly string[] }[];
  readonly onDemand: readonly {
    readonly view: OnDemandView;
    readonly features: readonly string[];
  }[];
}

/** The features of one view, for each entity that was asked for. */
type ReadRows = readonly ReadonlyMap<string, StoredValue>[];

/**
 * Answers `POST /get-online-features`: a column for each entity, for each stored feature, and for
 * each feature that is worked out, in this order.
 *
 * @throws RequestInvalidError when the request cannot be answered
 * @source Feast 0.66.0, what its feature server answers
 */
export function readOnlineFeatures(
  body: unknown,
  definitions: Definitions,
  store: OnlineStore,
): OnlineFeatures {
  const request = parseBody(REQUEST, body);
  const entities = new Map(Object.entries(request.entities));
  const length = lengthOf(entities);
  const plan = planOf(selectionsOf(request, definitions), definitions);
  const reader = new ViewReader(entities, length, store);

  const columns = new Map<string, Result>();
  const add = (view: string, feature: string, result: Result): void => {
    const name = request.full_feature_names ? `${view}__${feature}` : feature;
    if (columns.has(name)) throw new RequestInvalidError('two features have the same name');
    columns.set(name, result);
  };
  for (const { view, features } of plan.stored) {
    const rows = reader.read(view);
    for (const feature of features) add(view.name, feature, storedColumn(rows, feature));
  }
  for (const { view, features } of plan.onDemand) {
    const rows = computeRows(view, definitions, reader);
    for (const feature of features) {
      const values = rows.map((row) => row[feature] ?? null);
      add(view.name, feature, presentColumn(values));
    }
  }
  const keys = reader.joinKeys();
  return {
    results: [...keys.map((key) => presentColumn(reader.column(key))), ...columns.values()],
    metadata: { feature_names: [...keys.map(({ name }) => name), ...columns.keys()] },
  };
}

function lengthOf(entities: ReadonlyMap<string, readonly unknown[]>): number {
  const lengths = new Set([...entities.values()].map((values) => values.length));
  const [length = 0] = lengths;
  if (lengths.size !== 1 || length === 0) {
    throw new RequestInvalidError('all columns of `entities` must have the same number of rows');
  }
  return length;
}

function selectionsOf(
  { feature_service: service, features }: z.infer<typeof REQUEST>,
  { services }: Definitions,
): readonly Selection[] {
  if (service) return services.get(service) ?? [];
  const selections = new Map<string, string[]>();
  for (const reference of features ?? []) {
    const colon = reference.indexOf(':');
    const view = reference.slice(0, colon);
    const selected = selections.get(view) ?? [];
    selected.push(reference.slice(colon + 1));
    selections.set(view, selected);
  }
  return [...selections].map(([view, selected]) => ({ view, features: selected }));
}

function planOf(selections: readonly Selection[], { views, onDemandViews }: Definitions): Plan {
  const stored: Plan['stored'][number][] = [];
  const onDemand: Plan['onDemand'][number][] = [];
  for (const { view: name, features } of selections) {
    const view = views.get(name);
    const onDemandView = onDemandViews.get(name);
    const known = (view ?? onDemandView)?.features.map((feature) => feature.name) ?? [];
    if (!features.every((feature) => known.includes(feature))) {
      throw new RequestInvalidError('a view does not have a feature that is asked of it');
    }
    if (view !== undefined) stored.push({ view, features });
    else if (onDemandView !== undefined) onDemand.push({ view: onDemandView, features });
  }
  return { stored, onDemand };
}

/** Reads each view once, and remembers which entities were needed for it. */
class ViewReader {
  readonly #entities: ReadonlyMap<string, readonly unknown[]>;
  readonly #length: number;
  readonly #store: OnlineStore;
  readonly #rows = new Map<View, ReadRows>();

  constructor(
    entities: ReadonlyMap<string, readonly unknown[]>,
    length: number,
    store: OnlineStore,
  ) {
    this.#entities = entities;
    this.#length = length;
    this.#store = store;
  }

  read(view: View): ReadRows {
    const known = this.#rows.get(view);
    if (known !== undefined) return known;
    const columns = view.joinKeys.map((key) => this.column(key));
    const rows = Array.from({ length: this.#length }, (_, row) => {
      const values = columns.map((column) => column[row] ?? null);
      return this.#store.read(view, encodeEntityKey(view.joinKeys, values));
    });
    this.#rows.set(view, rows);
    return rows;
  }

  /** @throws RequestInvalidError when the request does not have it */
  column(column: Column): readonly Value[] {
    const values = this.#entities.get(column.name);
    if (values === undefined) {
      throw new RequestInvalidError(`\`entities\` must have \`${column.name}\``);
    }
    return values.map((value) => acceptValue(column, value));
  }

  /** Of all views that were read, in the order of the request. */
  joinKeys(): readonly Column[] {
    const keys = new Map(
      [...this.#rows.keys()].flatMap(({ joinKeys }) => joinKeys.map((key) => [key.name, key])),
    );
    return [...this.#entities.keys()].flatMap((name) => keys.get(name) ?? []);
  }
}

function computeRows(
  view: OnDemandView,
  { views }: Definitions,
  reader: ViewReader,
): readonly Row[] {
  const transform = TRANSFORMATIONS.get(view.name);
  if (transform === undefined) throw new TypeError(`nobody wrote down what ${view.name} computes`);
  const columns = view.requestColumns.map(
    (column) => [column.name, reader.column(column)] as const,
  );
  for (const { view: name, features } of view.sources) {
    const source = views.get(name);
    if (source === undefined) throw new TypeError(`${view.name} computes from a view there is not`);
    const rows = reader.read(source);
    for (const feature of features) {
      columns.push([feature, rows.map((row) => row.get(feature)?.value ?? null)]);
    }
  }
  const length = columns[0]?.[1].length ?? 0;
  return Array.from({ length }, (_, row) =>
    transform(Object.fromEntries(columns.map(([name, values]) => [name, values[row] ?? null]))),
  );
}

function storedColumn(rows: ReadRows, feature: string): Result {
  const stored = rows.map((row) => row.get(feature));
  return {
    values: stored.map((one) => one?.value ?? null),
    statuses: stored.map((one) => (one === undefined ? 'NOT_FOUND' : 'PRESENT')),
    event_timestamps: stored.map((one) => timestampOf(one?.eventTime ?? 0)),
  };
}

function presentColumn(values: readonly Value[]): Result {
  return {
    values,
    statuses: values.map(() => 'PRESENT'),
    event_timestamps: values.map(() => timestampOf(0)),
  };
}

function timestampOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
