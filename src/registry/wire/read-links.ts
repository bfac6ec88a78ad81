import { fromBinary, type Message } from '@bufbuild/protobuf';
import type { GenMessage } from '@bufbuild/protobuf/codegenv2';
import type { FeastType } from '../../model/index.js';
import {
  FeatureServiceSchema,
  FeatureViewSchema,
  LabelViewSchema,
  OnDemandFeatureViewSchema,
  type OnDemandSource,
  type Projection,
  StreamFeatureViewSchema,
} from '../gen/relations_pb.js';
import { checkRecord } from './read-records.js';

/** A view that is read, at one of its versions or as it is. */
export interface ViewReference {
  readonly view: string;
  readonly version?: number | undefined;
}

/** What one object of a registry refers to, by name. */
export interface ObjectLinks {
  readonly project: string;
  readonly name: string;
  /** Views that it takes features from. */
  readonly views: readonly ViewReference[];
  /** The source that data is pushed or streamed to. Empty: none. */
  readonly pushSource: string;
  /** Whether it is among what is filled when every view is asked for. */
  readonly isMaterialized: boolean;
  readonly hasVectorIndex: boolean;
}

/** One kind of object: the types that it may have, and how to read it. */
export interface LinkReader {
  readonly types: readonly FeastType[];
  readonly read: (bytes: Uint8Array) => ObjectLinks;
}

/**
 * The lists of a registry whose objects refer to others, by field.
 *
 * @source Feast 0.66.0, what it materializes, what it pushes to, and which views it makes vector
 *   stores of
 */
export const LINK_READERS: ReadonlyMap<string, LinkReader> = new Map([
  [
    'feature_views',
    reader(['FeatureView', 'BatchFeatureView'], FeatureViewSchema, ({ spec }) => ({
      ...namesOf(spec),
      pushSource: spec?.streamSource?.name ?? '',
      isMaterialized: spec?.online === true && !spec.disabled,
      hasVectorIndex: [...(spec?.features ?? []), ...(spec?.entityColumns ?? [])].some(
        ({ vectorIndex }) => vectorIndex,
      ),
    })),
  ],
  [
    'stream_feature_views',
    reader(['StreamFeatureView'], StreamFeatureViewSchema, ({ spec }) => ({
      ...namesOf(spec),
      pushSource: spec?.streamSource?.name ?? '',
      isMaterialized: spec?.online === true && !spec.disabled,
    })),
  ],
  [
    'on_demand_feature_views',
    reader(['OnDemandFeatureView'], OnDemandFeatureViewSchema, ({ spec }) => ({
      ...namesOf(spec),
      views: (spec?.sources ?? []).flatMap(({ value }) => sourceReferences(value)),
      isMaterialized: spec?.writeToOnlineStore === true && !spec.disabled,
    })),
  ],
  [
    'label_views',
    reader(['LabelView'], LabelViewSchema, ({ spec }) => ({
      ...namesOf(spec),
      pushSource: spec?.source?.name ?? '',
    })),
  ],
  [
    'feature_services',
    reader(['FeatureService'], FeatureServiceSchema, ({ spec }) => ({
      ...namesOf(spec),
      views: (spec?.features ?? []).map(referenceOf),
    })),
  ],
]);

function reader<T extends Message>(
  types: readonly FeastType[],
  schema: GenMessage<T>,
  read: (message: T) => Partial<ObjectLinks>,
): LinkReader {
  return {
    types,
    read: (bytes) => {
      checkRecord(schema, bytes);
      const links = read(fromBinary(schema, bytes, { readUnknownFields: false }));
      return { ...NO_LINKS, ...links };
    },
  };
}

const NO_LINKS: ObjectLinks = {
  project: '',
  name: '',
  views: [],
  pushSource: '',
  isMaterialized: false,
  hasVectorIndex: false,
};

/**
 * SECURITY: a source of a kind that is not known may be a view, so it stands for one that is not
 * registered.
 */
function sourceReferences(source: OnDemandSource | undefined): readonly ViewReference[] {
  const { case: kind, value } = source?.source ?? { case: undefined };
  switch (kind) {
    case 'featureView':
      return [{ view: value.spec?.name ?? '' }];
    case 'featureViewProjection':
      return [referenceOf(value)];
    case 'requestDataSource':
      return [];
    case undefined:
      return [{ view: '' }];
  }
}

function referenceOf({ featureViewName, versionTag }: Projection): ViewReference {
  return { view: featureViewName, version: versionTag };
}

function namesOf(
  spec: Pick<ObjectLinks, 'name' | 'project'> | undefined,
): Pick<ObjectLinks, 'name' | 'project'> {
  return { name: spec?.name ?? '', project: spec?.project ?? '' };
}
