import type { MaybePromise } from '../../foundation/maybe-promise.js';
import { runInSlices } from '../../foundation/time-slices.js';
import type { Caller, Gate } from '../../gate/index.js';
import {
  ALL_FEATURE_VIEW_TYPES,
  type FeastType,
  type ResourceOf,
  type Vocabulary,
} from '../../model/index.js';
import { camelCase, fieldOf, fieldsOf } from './message-fields.js';

/** Where an object of an answer says what it is. */
type Place = 'spec' | 'itself' | 'any view' | 'feature' | 'job';

interface ListedField {
  readonly field: string;
  readonly place: Place;
  readonly types: readonly FeastType[];
}

/** What an answer may show: lists of objects, each of which is shown to whom may DESCRIBE it, and what is no object. */
interface Answer {
  readonly lists: readonly ListedField[];
  readonly shown: readonly string[];
}

const PLAIN_VIEWS: readonly FeastType[] = ['FeatureView', 'BatchFeatureView'];
/** How many objects there are in all is not told: it would count those that are hidden. */
const PAGINATION = ['page', 'limit', 'has_next', 'has_previous'];

const listed = (field: string, place: Place, ...types: readonly FeastType[]): ListedField => ({
  field,
  place,
  types,
});

const ENTITIES = listed('entities', 'spec', 'Entity');
const DATA_SOURCES = listed('data_sources', 'itself', 'DataSource');
const VIEWS = listed('feature_views', 'spec', ...PLAIN_VIEWS);
const ON_DEMAND_VIEWS = listed('on_demand_feature_views', 'spec', 'OnDemandFeatureView');
const STREAM_VIEWS = listed('stream_feature_views', 'spec', 'StreamFeatureView');
const LABEL_VIEWS = listed('label_views', 'spec', 'LabelView');
const SERVICES = listed('feature_services', 'spec', 'FeatureService');
const DATASETS = listed('saved_datasets', 'spec', 'SavedDataset');
const REFERENCES = listed('validation_references', 'itself', 'ValidationReference');
const PERMISSIONS = listed('permissions', 'spec', 'Permission');
const PROJECTS = listed('projects', 'spec', 'Project');

/** All lists of a registry. */
const OBJECTS: readonly ListedField[] = [
  ENTITIES,
  DATA_SOURCES,
  VIEWS,
  ON_DEMAND_VIEWS,
  STREAM_VIEWS,
  LABEL_VIEWS,
  SERVICES,
  DATASETS,
  REFERENCES,
  PERMISSIONS,
  PROJECTS,
];
const JOBS = listed('jobs', 'job', 'SavedDataset');

const page = (list: ListedField): Answer => ({ lists: [list], shown: ['pagination'] });

/**
 * Answers that are filtered, by method.
 *
 * @source Feast 0.66.0, the messages of its registry service
 */
const ANSWERS: ReadonlyMap<string, Answer> = new Map([
  ['ListEntities', page(ENTITIES)],
  ['ListDataSources', page(DATA_SOURCES)],
  ['ListFeatureViews', page(VIEWS)],
  ['ListAllFeatureViews', page(listed('feature_views', 'any view', ...ALL_FEATURE_VIEW_TYPES))],
  ['ListOnDemandFeatureViews', page(ON_DEMAND_VIEWS)],
  ['ListStreamFeatureViews', page(STREAM_VIEWS)],
  ['ListLabelViews', page(LABEL_VIEWS)],
  ['ListFeatureServices', page(SERVICES)],
  ['ListSavedDatasets', page(DATASETS)],
  ['ListValidationReferences', page(REFERENCES)],
  ['ListPermissions', page(PERMISSIONS)],
  ['ListProjects', page(PROJECTS)],
  ['ListFeatures', page(listed('features', 'feature', ...ALL_FEATURE_VIEW_TYPES))],
  ['ListDatasetJobs', { lists: [JOBS], shown: [] }],
  [
    'Proto',
    {
      // Tables of old, the history of views, infrastructure and project metadata belong to no object, and are left out.
      lists: OBJECTS,
      shown: ['registry_schema_version', 'version_id', 'last_updated'],
    },
  ],
]);

/** A view in a message that holds one of any kind. */
const ANY_VIEW: readonly (readonly [field: string, types: readonly FeastType[]])[] = [
  ['feature_view', PLAIN_VIEWS],
  ['on_demand_feature_view', ['OnDemandFeatureView']],
  ['stream_feature_view', ['StreamFeatureView']],
  ['label_view', ['LabelView']],
];

interface Listed {
  readonly name: string;
  readonly project: string | undefined;
  readonly types: readonly FeastType[];
}

export interface AnswerContext {
  readonly caller: Caller<Vocabulary>;
  readonly relations: Gate['relations'];
  /** The project that was asked about, for objects that do not name theirs. */
  readonly project: string | undefined;
}

/**
 * What a caller may see of an answer of the registry service: of a list those objects that the caller could get one by one.
 *
 * Shape: a new message; that of the handler, which may keep it, is left as it is. Fields that are not known are empty.
 *
 * @param method its name alone
 * A long list is looked through in slices of time, between which the process answers other requests.
 *
 * @returns undefined when nothing is known of such an answer; a promise where it takes longer than a slice
 * @throws PermissionDeniedError where the answer is one object that the caller may not describe
 */
export function filterAnswer(
  method: string,
  answer: unknown,
  context: AnswerContext,
): MaybePromise<unknown> {
  return runInSlices(filterInSteps(method, answer, context), Number.POSITIVE_INFINITY);
}

/** Objects of a list between two pauses. */
const OBJECTS_PER_STEP = 64;

function* filterInSteps(
  method: string,
  answer: unknown,
  context: AnswerContext,
): Generator<undefined, unknown> {
  // Bytes that were serialized elsewhere cannot be looked into.
  if (typeof answer !== 'object' || answer === null || answer instanceof Uint8Array)
    return undefined;
  if (method === 'GetDatasetJobStatus') {
    context.caller.assert('DESCRIBE', candidatesOf(answer, JOBS, context));
    return answer;
  }
  const known = ANSWERS.get(method);
  if (known === undefined) return undefined;
  const shown = copyFields(answer, known.shown);
  for (const list of known.lists) {
    const items: unknown = fieldOf(answer, list.field) ?? [];
    if (!Array.isArray(items)) return undefined;
    const name = nameIn(answer, list.field);
    const kept: unknown[] = [];
    for (const [index, item] of items.entries()) {
      if (isShown(item, list, context)) kept.push(item);
      if (index % OBJECTS_PER_STEP === OBJECTS_PER_STEP - 1) yield;
    }
    shown[name] = kept;
  }
  return shown;
}

function isShown(item: unknown, list: ListedField, context: AnswerContext): boolean {
  try {
    const { caller } = context;
    return candidatesOf(item, list, context).every((one) => caller.can('DESCRIBE', one));
  } catch {
    return false;
  }
}

/**
 * What an object of an answer may be: what the registry knows under its name, or anything that its list can hold. At least one.
 *
 * @throws TypeError when the object does not say
 */
function candidatesOf(
  item: unknown,
  list: ListedField,
  context: AnswerContext,
): readonly ResourceOf<Vocabulary>[] {
  const { relations } = context;
  const found = identify(item, list);
  if (found === undefined) throw new TypeError('an object without a name');
  const { name, types, project = context.project } = found;
  const registered = project === undefined ? [] : (relations?.named(project, types, name) ?? []);
  return registered.length > 0 ? registered : types.map((type) => ({ type, name, project }));
}

function identify(item: unknown, { place, types }: ListedField): Listed | undefined {
  switch (place) {
    case 'spec':
      return named(fieldOf(item, 'spec'), 'name', types);
    case 'itself':
      return named(item, 'name', types);
    case 'feature':
      return named(item, 'feature_view', types);
    case 'job':
      return named(item, 'dataset_name', types);
    case 'any view':
      return identifyView(fieldsOf(item));
  }
}

function identifyView(views: Readonly<Record<string, unknown>>): Listed | undefined {
  const given = ANY_VIEW.filter(([field]) => (views[field] ?? null) !== null);
  const [only] = given;
  if (only === undefined || given.length > 1) return undefined;
  return named(fieldOf(views[only[0]], 'spec'), 'name', only[1]);
}

function named(message: unknown, field: string, types: readonly FeastType[]): Listed | undefined {
  const name = fieldOf(message, field);
  if (typeof name !== 'string' || name === '') return undefined;
  // A project is in itself.
  const project = types.includes('Project') ? name : fieldOf(message, 'project');
  const isNamed = typeof project === 'string' && project !== '';
  return { name, types, project: isNamed ? project : undefined };
}

/**
 * A message of the same kind, with these fields alone. All others hold what they hold in an empty message: some libraries
 * cannot write one in which a field is missing.
 */
function copyFields(message: object, fields: readonly string[]): Record<string, unknown> {
  const copy = Object.create(Object.getPrototypeOf(message)) as Record<string, unknown>;
  for (const [name, value] of Object.entries(message)) {
    const empty = emptied(value);
    if (empty !== undefined) copy[name] = empty;
  }
  // How protobuf-es tells one kind of message from another.
  for (const field of ['$typeName', ...fields]) {
    const value = fieldOf(message, field) ?? null;
    if (value === null) continue;
    const isPage = field === 'pagination' && typeof value === 'object';
    copy[nameIn(message, field)] = isPage ? copyFields(value, PAGINATION) : value;
  }
  return copy;
}

/** @returns undefined: the field may be missing */
function emptied(value: unknown): unknown {
  switch (typeof value) {
    case 'number':
      return 0;
    case 'bigint':
      return 0n;
    case 'string':
      return '';
    case 'boolean':
      return false;
    default:
      return Array.isArray(value) ? [] : undefined;
  }
}

/** How a field is written in this message. */
function nameIn(message: object, field: string): string {
  const camel = camelCase(field);
  return (message as Readonly<Record<string, unknown>>)[camel] === undefined ? field : camel;
}
