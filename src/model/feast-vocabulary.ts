import { defineVocabulary, type Vocabulary } from './vocabulary.js';

/** Feast's actions, in the order of its wire enum. */
export type FeastAction =
  | 'CREATE'
  | 'DESCRIBE'
  | 'UPDATE'
  | 'DELETE'
  | 'READ_ONLINE'
  | 'READ_OFFLINE'
  | 'WRITE_ONLINE'
  | 'WRITE_OFFLINE';

/**
 * Feast's resource types. `BatchFeatureView` and `StreamFeatureView` are sub-types of
 * `FeatureView`; no other type is one.
 */
export type FeastType =
  | 'Project'
  | 'FeatureView'
  | 'OnDemandFeatureView'
  | 'BatchFeatureView'
  | 'StreamFeatureView'
  | 'LabelView'
  | 'Entity'
  | 'FeatureService'
  | 'DataSource'
  | 'ValidationReference'
  | 'SavedDataset'
  | 'Permission';

/** Feast's names for sets of actions. */
export type FeastActionAlias = 'ALL_ACTIONS' | 'READ' | 'WRITE' | 'CRUD';
/** Feast's names for sets of resource types. */
export type FeastTypeAlias = 'ALL_RESOURCE_TYPES' | 'ALL_FEATURE_VIEW_TYPES';

/** The type of `feastVocabulary`. */
export type FeastVocabulary = Vocabulary<FeastAction, FeastType, FeastActionAlias, FeastTypeAlias>;

/** All actions of Feast, in the order of its wire enum. */
export const ALL_ACTIONS: readonly FeastAction[] = Object.freeze([
  'CREATE',
  'DESCRIBE',
  'UPDATE',
  'DELETE',
  'READ_ONLINE',
  'READ_OFFLINE',
  'WRITE_ONLINE',
  'WRITE_OFFLINE',
] as const);

/** Read from the online and from the offline store. */
export const READ: readonly FeastAction[] = Object.freeze(['READ_ONLINE', 'READ_OFFLINE'] as const);

/** Write to the online and to the offline store. */
export const WRITE: readonly FeastAction[] = Object.freeze([
  'WRITE_ONLINE',
  'WRITE_OFFLINE',
] as const);

/** Create, describe, update and delete. */
export const CRUD: readonly FeastAction[] = Object.freeze([
  'CREATE',
  'DESCRIBE',
  'UPDATE',
  'DELETE',
] as const);

/** All resource types of Feast. */
export const ALL_RESOURCE_TYPES: readonly FeastType[] = Object.freeze([
  'Project',
  'FeatureView',
  'OnDemandFeatureView',
  'BatchFeatureView',
  'StreamFeatureView',
  'LabelView',
  'Entity',
  'FeatureService',
  'DataSource',
  'ValidationReference',
  'SavedDataset',
  'Permission',
] as const);

/** All views, those that are not sub-types of `FeatureView` included. */
export const ALL_FEATURE_VIEW_TYPES: readonly FeastType[] = Object.freeze([
  'FeatureView',
  'OnDemandFeatureView',
  'BatchFeatureView',
  'StreamFeatureView',
  'LabelView',
] as const);

/**
 * The vocabulary of Feast 0.66 and 0.67: eight actions, twelve resource types and Feast's names for
 * sets of them. An update asks for DESCRIBE and UPDATE in one permission.
 *
 * @source Feast documentation, "Permission" concepts page; feast.permissions.action,
 *   feast.feast_object
 */
export const feastVocabulary: FeastVocabulary = defineVocabulary<
  FeastAction,
  FeastType,
  FeastActionAlias,
  FeastTypeAlias
>({
  name: 'feast',
  actions: {
    CREATE: {},
    DESCRIBE: {},
    UPDATE: {},
    DELETE: {},
    READ_ONLINE: {},
    READ_OFFLINE: {},
    WRITE_ONLINE: {},
    WRITE_OFFLINE: {},
  },
  types: {
    Project: {},
    FeatureView: {},
    OnDemandFeatureView: {},
    BatchFeatureView: { subtypeOf: 'FeatureView' },
    StreamFeatureView: { subtypeOf: 'FeatureView' },
    LabelView: {},
    Entity: {},
    FeatureService: {},
    DataSource: {},
    ValidationReference: {},
    SavedDataset: {},
    Permission: {},
  },
  actionAliases: { ALL_ACTIONS, READ, WRITE, CRUD },
  typeAliases: { ALL_RESOURCE_TYPES, ALL_FEATURE_VIEW_TYPES },
  changes: { create: ['CREATE'], update: ['DESCRIBE', 'UPDATE'] },
});
