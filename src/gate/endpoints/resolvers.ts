import type { Resolver } from './request-context.js';
import { datasetData, retrievedDataset } from './resolve-dataset.js';
import { describedSource, historicalFeatures, persisted, writtenBatch } from './resolve-offline.js';
import { materialized, pushed, servedFeatures, vectorStore } from './resolve-online.js';
import {
  anyProject,
  changeOfAny,
  everything,
  everythingOfAll,
  monitored,
  monitoredInPart,
  namedProject,
  object,
  oldOrNewProject,
  oneProject,
  ownObject,
  searched,
  serverProject,
} from './resolve-registry.js';
import { appliedFields, appliedMessage, materializedMessage } from './resolve-written.js';
import type { ResolverName } from './resolver-name.js';

export const RESOLVERS: Readonly<Record<ResolverName, Resolver>> = {
  none: () => [],
  object,
  ownObject,
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
  monitoredInPart,
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
