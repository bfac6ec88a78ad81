import { readFile } from 'node:fs/promises';
import { Message } from './message.js';
import type { Column } from './values.js';

/** A view whose features are in the online store. */
export interface View {
  readonly name: string;
  readonly joinKeys: readonly Column[];
  readonly features: readonly Column[];
}

/** A view that is worked out when it is asked for. */
export interface OnDemandView {
  readonly name: string;
  readonly features: readonly Column[];
  readonly sources: readonly Selection[];
  /** What a request has to bring along. */
  readonly requestColumns: readonly Column[];
}

/** Features of one view. */
export interface Selection {
  readonly view: string;
  readonly features: readonly string[];
}

/** What is served, and in which shape: the part of a registry that decides nothing. */
export interface Definitions {
  readonly views: ReadonlyMap<string, View>;
  readonly onDemandViews: ReadonlyMap<string, OnDemandView>;
  readonly services: ReadonlyMap<string, readonly Selection[]>;
}

/**
 * Where the kinds of views are in a registry, and where their messages have the columns that
 * entities are found by.
 */
const VIEW_KINDS = [
  { list: 6, joinKeys: 12 }, // FeatureView, and BatchFeatureView
  { list: 14, joinKeys: 5 }, // StreamFeatureView
  { list: 19, joinKeys: 11 }, // LabelView
] as const;

/**
 * Reads the definitions of a project from a registry file.
 *
 * @source Feast 0.66.0, its messages `feast.core.Registry` and below
 */
export async function readDefinitions(file: string, project: string): Promise<Definitions> {
  const registry = new Message(await readFile(file));
  const specsOf = (list: number): readonly Message[] =>
    registry
      .messages(list)
      .map((object) => object.message(1))
      .filter((spec) => spec.text(2) === project);

  const views = VIEW_KINDS.flatMap(({ list, joinKeys }) =>
    specsOf(list).map((spec) => ({
      name: spec.text(1),
      joinKeys: columnsOf(spec.messages(joinKeys)),
      features: columnsOf(spec.messages(4)),
    })),
  );
  return {
    views: byName(views),
    onDemandViews: byName(specsOf(8).map(onDemandViewOf)),
    services: new Map(
      specsOf(7).map((spec) => [spec.text(1), spec.messages(3).map(selectionOf)] as const),
    ),
  };
}

function onDemandViewOf(spec: Message): OnDemandView {
  const sources = spec.messages(4).map((entry) => entry.message(2));
  return {
    name: spec.text(1),
    features: columnsOf(spec.messages(3)),
    sources: sources.map((source) => selectionOf(source.message(3))).filter(({ view }) => view),
    requestColumns: sources.flatMap((source) =>
      columnsOf(source.message(2).message(18).messages(3)),
    ),
  };
}

function selectionOf(projection: Message): Selection {
  const features = columnsOf(projection.messages(2)).map(({ name }) => name);
  return { view: projection.text(1), features };
}

function columnsOf(columns: readonly Message[]): readonly Column[] {
  return columns.map((column) => ({ name: column.text(1), type: column.number(2) }));
}

function byName<T extends { readonly name: string }>(list: readonly T[]): ReadonlyMap<string, T> {
  return new Map(list.map((one) => [one.name, one]));
}
