import type { Resolver } from './request-context.js';
import { describedSource, historicalFeatures, persisted, writtenBatch } from './resolve-offline.js';
import { materialized, pushed, servedFeatures, vectorStore } from './resolve-online.js';
import {
  anyProject,
  appliedFields,
  appliedMessage,
  changeOfAny,
  datasetData,
  everything,
  everythingOfAll,
  materializedMessage,
  monitored,
  namedProject,
  object,
  oldOrNewProject,
  oneProject,
  retrievedDataset,
  searched,
  serverProject,
} from './resolve-registry.js';

/** A way to find the resources of a request. */
export type ResolverName =
  | 'none'
  | 'object'
  | 'oneProject'
  | 'oldOrNewProject'
  | 'ownProject'
  | 'anyProject'
  | 'changeOfAny'
  | 'namedProject'
  | 'everything'
  | 'everythingOfAll'
  | 'appliedFields'
  | 'appliedMessage'
  | 'retrievedDataset'
  | 'datasetData'
  | 'materializedMessage'
  | 'monitored'
  | 'searched'
  | 'servedFeatures'
  | 'pushed'
  | 'materialized'
  | 'vectorStore'
  | 'historicalFeatures'
  | 'persisted'
  | 'writtenBatch'
  | 'describedSource';

export const RESOLVERS: Readonly<Record<ResolverName, Resolver>> = {
  none: () => [],
  object,
  oneProject,
  oldOrNewProject,
  ownProject: serverProject,
  anyProject,
  changeOfAny,
  namedProject,
  everything,
  everythingOfAll,
  appliedFields,
  appliedMessage,
  retrievedDataset,
  datasetData,
  materializedMessage,
  monitored,
  searched,
  servedFeatures,
  pushed,
  materialized,
  vectorStore,
  historicalFeatures,
  persisted,
  writtenBatch,
  describedSource,
};
