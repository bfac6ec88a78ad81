import type { DescMessage } from '@bufbuild/protobuf';
import type { FeastType, Resource, Tags } from '../../model/index.js';
import {
  DataSourceSchema,
  EntitySchema,
  FeatureServiceSchema,
  FeatureViewSchema,
  LabelViewSchema,
  OnDemandFeatureViewSchema,
  PermissionSchema,
  ProjectSchema,
  SavedDatasetSchema,
  StreamFeatureViewSchema,
  ValidationReferenceSchema,
} from '../gen/registry_pb.js';
import { checkRecord } from './read-records.js';
import { TextReader } from './text-reader.js';
import { KNOWN_FIELDS, MAX_NAMED, type UnknownFields } from './unknown-fields.js';
import { WireCursor } from './wire-cursor.js';

/** A resource, as one object of the registry says it. Text that is not written is empty. */
export interface StoredResource extends Resource<FeastType> {
  readonly project: string;
  readonly tags: Tags;
}

/** How to read the objects of one list of the registry. A number is 0 where a field is missing. */
interface Layout {
  readonly type: FeastType;
  readonly schema: DescMessage;
  /** Number of the field that holds the fields below; 0: they are the object's own. */
  readonly spec: number;
  readonly name: number;
  readonly project: number;
  readonly tags: number;
  readonly version: number;
  readonly transformation: number;
  /** Of the object itself. */
  readonly meta: number;
  /** By number, whether a field is known. Undefined: they are looked at elsewhere. */
  readonly knownOwn: readonly boolean[] | undefined;
  readonly knownSpec: readonly boolean[] | undefined;
}

/** The lists of the registry, by field: how to read one object of each. */
const LAYOUTS: ReadonlyMap<string, Layout> = new Map(
  (
    [
      ['entities', 'Entity', EntitySchema],
      ['feature_views', 'FeatureView', FeatureViewSchema],
      ['on_demand_feature_views', 'OnDemandFeatureView', OnDemandFeatureViewSchema],
      ['stream_feature_views', 'StreamFeatureView', StreamFeatureViewSchema],
      ['label_views', 'LabelView', LabelViewSchema],
      ['feature_services', 'FeatureService', FeatureServiceSchema],
      ['data_sources', 'DataSource', DataSourceSchema],
      ['saved_datasets', 'SavedDataset', SavedDatasetSchema],
      ['validation_references', 'ValidationReference', ValidationReferenceSchema],
      // Permissions are resources too: there are permissions that cover permissions.
      ['permissions', 'Permission', PermissionSchema],
      ['projects', 'Project', ProjectSchema],
    ] as const
  ).map(([list, type, schema]) => [list, layoutOf(list, type, schema)]),
);

function layoutOf(list: string, type: FeastType, schema: DescMessage): Layout {
  const spec = schema.fields.find(({ name }) => name === 'spec');
  const described = spec?.message ?? schema;
  const known = KNOWN_FIELDS.get(list);
  return {
    type,
    schema,
    spec: spec?.number ?? 0,
    name: numberIn(described, 'name'),
    // A project is in itself: its own permissions cover it.
    project: numberIn(described, type === 'Project' ? 'name' : 'project'),
    tags: numberIn(described, 'tags'),
    version: numberIn(described, 'version'),
    transformation: numberIn(described, 'feature_transformation'),
    meta: type === 'Permission' ? 0 : numberIn(schema, 'meta'),
    knownOwn: known && flagsOf(known.own),
    knownSpec: known?.spec && flagsOf(known.spec),
  };
}

function flagsOf(numbers: readonly number[]): readonly boolean[] {
  return Array.from({ length: Math.max(...numbers) + 1 }, (_, number) => numbers.includes(number));
}

function numberIn(message: DescMessage, field: string): number {
  return message.fields.find(({ name }) => name === field)?.number ?? 0;
}

/**
 * Reads one object that lies within another one as bytes, which nothing has checked yet.
 *
 * @param list the field of the registry that holds objects of its kind
 * @throws {@link RegistryInvalidError} when it is damaged
 */
export function readEnclosedResource(list: string, bytes: Uint8Array): StoredResource | undefined {
  const layout = LAYOUTS.get(list);
  if (layout === undefined) return undefined;
  checkRecord(layout.schema, bytes);
  return new ResourceReader(bytes).read(list, 0, bytes.length);
}

/** Where the parts of one object lie: one for all objects, one after the other. */
class Parts {
  specStart = 0;
  specEnd = 0;
  nameStart = 0;
  nameEnd = 0;
  projectStart = 0;
  projectEnd = 0;
  tagsStart = 0;
  tagsEnd = 0;
  versionStart = 0;
  versionEnd = 0;
  metaStart = 0;
  metaEnd = 0;
  hasTransformation = false;
  /** Numbers of fields that are not known. */
  unknownOwn: readonly number[] | undefined;
  unknownSpec: readonly number[] | undefined;

  clear(): void {
    this.specStart = this.specEnd = 0;
    this.nameStart = this.nameEnd = 0;
    this.projectStart = this.projectEnd = 0;
    this.tagsStart = this.tagsEnd = 0;
    this.versionStart = this.versionEnd = 0;
    this.metaStart = this.metaEnd = 0;
    this.hasTransformation = false;
    this.unknownOwn = this.unknownSpec = undefined;
  }
}

const CREATED = 1;
const UPDATED = 2;

/**
 * Reads the objects of a registry, as far as permissions depend on them: descriptions, schemas and
 * statistics are never decoded.
 */
export class ResourceReader {
  readonly #cursor: WireCursor;
  readonly #text: TextReader;
  readonly #unknown: UnknownFields | undefined;
  readonly #parts = new Parts();

  /**
   * @param bytes that were checked
   * @param unknown is told of fields that are not known
   * @param text of the same bytes, to share what is read of them
   */
  constructor(
    bytes: Uint8Array,
    unknown?: UnknownFields,
    text: TextReader = new TextReader(bytes),
  ) {
    this.#cursor = new WireCursor(bytes);
    this.#text = text;
    this.#unknown = unknown;
  }

  /**
   * Reads one object of one of the registry's lists.
   *
   * @param list the field's name in the schema
   * @returns undefined: the list holds no resources
   * @throws {@link RegistryInvalidError} when text in it is not UTF-8
   */
  read(list: string, start: number, end: number): StoredResource | undefined {
    const layout = LAYOUTS.get(list);
    if (layout === undefined) return undefined;
    this.#findParts(layout, start, end);
    const parts = this.#parts;
    const text = this.#text;
    text.assertText(parts.versionStart, parts.versionEnd);
    const resource = Object.freeze({
      type: typeOf(layout, parts),
      name: text.text(parts.nameStart, parts.nameEnd),
      project: text.sharedText(parts.projectStart, parts.projectEnd),
      tags: text.tags(parts.tagsStart, parts.tagsEnd),
    });
    if (parts.unknownOwn !== undefined || parts.unknownSpec !== undefined) {
      this.#unknown?.add(resource, parts);
    }
    return resource;
  }

  /**
   * Whether the object that was read last is a view that was not touched since a Feast that keeps a
   * history of versions made it.
   */
  get isInHistory(): boolean {
    const { versionStart, versionEnd } = this.#parts;
    return versionEnd > versionStart && this.#isUntouched();
  }

  #findParts(layout: Layout, start: number, end: number): void {
    const parts = this.#parts;
    const cursor = this.#cursor;
    const { type, spec, meta, knownOwn, knownSpec } = layout;
    parts.clear();
    cursor.pos = start;
    while (cursor.pos < end) {
      cursor.readField(type, end);
      const { number } = cursor;
      if (spec === 0) takePart(layout, cursor, parts);
      else if (number === spec) {
        parts.specStart = cursor.content;
        parts.specEnd = cursor.end;
      } else if (number === meta) {
        parts.metaStart = cursor.content;
        parts.metaEnd = cursor.end;
      }
      if (knownOwn !== undefined && knownOwn[number] !== true) {
        parts.unknownOwn = noted(parts.unknownOwn, number);
      }
      cursor.pos = cursor.end;
    }
    cursor.pos = parts.specStart;
    while (cursor.pos < parts.specEnd) {
      cursor.readField(type, parts.specEnd);
      takePart(layout, cursor, parts);
      if (knownSpec !== undefined && knownSpec[cursor.number] !== true) {
        parts.unknownSpec = noted(parts.unknownSpec, cursor.number);
      }
      cursor.pos = cursor.end;
    }
  }

  /** Whether a view was last updated when it was created. Feast writes equal times alike. */
  #isUntouched(): boolean {
    const { metaStart, metaEnd } = this.#parts;
    const cursor = this.#cursor;
    let created: Uint8Array | undefined;
    let updated: Uint8Array | undefined;
    cursor.pos = metaStart;
    while (cursor.pos < metaEnd) {
      cursor.readField('meta', metaEnd);
      const { number, bytes, content, end } = cursor;
      if (number === CREATED) created = bytes.subarray(content, end);
      else if (number === UPDATED) updated = bytes.subarray(content, end);
      cursor.pos = end;
    }
    return (
      created !== undefined &&
      created.length === updated?.length &&
      created.every((byte, index) => byte === updated[index])
    );
  }
}

/** The numbers with one more, as far as anyone will be told. */
function noted(numbers: readonly number[] | undefined, number: number): readonly number[] {
  if (numbers === undefined) return [number];
  return numbers.length < MAX_NAMED ? [...numbers, number] : numbers;
}

function takePart(layout: Layout, cursor: WireCursor, parts: Parts): void {
  const { number, content, end } = cursor;
  if (number === layout.name) {
    parts.nameStart = content;
    parts.nameEnd = end;
  }
  if (number === layout.project) {
    parts.projectStart = content;
    parts.projectEnd = end;
  } else if (number === layout.tags) {
    if (parts.tagsEnd === 0) parts.tagsStart = cursor.start;
    parts.tagsEnd = end;
  } else if (number === layout.version) {
    parts.versionStart = content;
    parts.versionEnd = end;
  } else if (number === layout.transformation) {
    parts.hasTransformation = true;
  }
}

/**
 * Two kinds lie in one list. What tells them apart is the transformation: a `BatchFeatureView`
 * without one comes back as a `FeatureView` from Feast as well.
 *
 * @source Feast 0.66.0, how its `FeatureView` is read from a registry: same
 */
function typeOf({ type }: Layout, { hasTransformation }: Parts): FeastType {
  return type === 'FeatureView' && hasTransformation ? 'BatchFeatureView' : type;
}
