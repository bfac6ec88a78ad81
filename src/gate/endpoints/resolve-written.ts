import * as z from 'zod';
import {
  ALL_ACTIONS,
  ALL_RESOURCE_TYPES,
  type FeastType,
  isPlainObject,
  RequestInvalidError,
  type Resource,
} from '../../model/index.js';
import { changesTo } from './changes.js';
import { parseVersion } from './feature-references.js';
import { findNamed, IN_PROJECT, namedInProject } from './named-resources.js';
import {
  nameSchema,
  optionalName,
  optionalNames,
  parseFields,
  tagsSchema,
} from './read-request.js';
import type { RequestContext, Resolver } from './request-context.js';

const APPLIED = z.object({
  name: nameSchema,
  project: nameSchema,
  tags: tagsSchema,
});
const SOURCE_OF_VIEW = z.object({ batch_source: optionalName });

/** An object that is written with its fields at the top of the request. */
export const appliedFields: Resolver = (request) => {
  const { name, project, tags } = parseFields(APPLIED, request.fields);
  const type = request.endpoint.types[0] as FeastType;
  if (type === 'Permission') parseFields(NAMES_OF_PERMISSION, request.fields);
  const change = changesTo(request, { type, name, project, tags });
  const { batch_source: source } = parseFields(SOURCE_OF_VIEW, request.fields);
  if (source === undefined) return change;
  // A view shows what its source holds to callers who may read the view.
  const sources = findNamed(request, project, ['DataSource'], source, ['DESCRIBE']);
  return [{ actions: ['DESCRIBE'], resources: sources }, ...change];
};

const TYPE_NAMES: ReadonlySet<string> = new Set(
  ALL_RESOURCE_TYPES.map((type) => type.replace(/\B[A-Z]/g, '_$&').toUpperCase()),
);
const ACTION_NAMES: ReadonlySet<string> = new Set(ALL_ACTIONS);

const namesIn = (known: ReadonlySet<string>): z.ZodType<readonly string[] | undefined> =>
  optionalNames.refine((names = []) => names.every((name) => known.has(name)));

/**
 * SECURITY: a permission without types is about all of them, so that a name that is dropped may
 * widen it.
 */
const NAMES_OF_PERMISSION = z.object({
  types: namesIn(TYPE_NAMES),
  actions: namesIn(ACTION_NAMES),
});

const WRITTEN = z.object({
  name: nameSchema,
  project: optionalName,
  tags: tagsSchema,
  version: z.unknown().optional(),
  feature_transformation: z.unknown().optional(),
});

/** An object that is written as a message within the request. */
export const appliedMessage: Resolver = (request) => {
  const { type, message } = soleMessage(request);
  const content = FLAT.has(type) ? message : message['spec'];
  const { name, tags, version, ...written } = parseFields(WRITTEN, content);
  // A project is in itself, whatever the request says.
  if (type === 'Project') return changesTo(request, { type, name, project: name, tags });
  const { project } = parseFields(IN_PROJECT, request.fields);
  assertSameProject(project, written.project);
  const isBatch = type === 'FeatureView' && (written.feature_transformation ?? null) !== null;
  const proposed = { type: isBatch ? 'BatchFeatureView' : type, name, project, tags } as const;
  const restored = VERSIONED.has(type) ? restoredBy(request, project, name, version) : [];
  return [proposed, ...restored].flatMap((one) => changesTo(request, one));
};

/** Messages that may name a version. */
const VERSIONED: ReadonlySet<FeastType> = new Set<FeastType>([
  'FeatureView',
  'OnDemandFeatureView',
  'StreamFeatureView',
]);

/**
 * What a view that is written with a version becomes: the server takes that version from the
 * history, where it is there, in place of what the request says.
 */
function restoredBy(
  { relations }: RequestContext,
  project: string,
  view: string,
  written: unknown,
): readonly (Resource<FeastType> & { readonly project: string })[] {
  const text = parseFields(OPTIONAL_VERSION, { version: written }).version;
  const version = parseVersion(text ?? undefined);
  if (version === undefined) return [];
  return relations.versionsOf(project, view, version).map((one) => ({ ...one.view, project }));
}

const OPTIONAL_VERSION = z.object({ version: z.string().nullish() });

function assertSameProject(project: string, written: string | undefined): void {
  if (written === undefined || written === project) return;
  throw new RequestInvalidError('the request and the object in it name different projects');
}

/** Messages without a `spec`. */
const FLAT: ReadonlySet<FeastType> = new Set<FeastType>(['DataSource', 'ValidationReference']);

function soleMessage({ endpoint, fields }: RequestContext): {
  readonly type: FeastType;
  readonly message: Readonly<Record<string, unknown>>;
} {
  const given = [...(endpoint.messages ?? [])].filter(
    ([field]) => (fields[field] ?? null) !== null,
  );
  const [field, type] = given[0] ?? [];
  const message = field === undefined ? undefined : fields[field];
  if (given.length !== 1 || type === undefined || !isPlainObject(message)) {
    throw new RequestInvalidError('the request must hold one object');
  }
  return { type, message };
}

const MATERIALIZED = z.object({
  feature_view: z.object({ spec: z.object({ name: nameSchema, project: optionalName }) }),
});

/** The registered view of the name that the message says. */
export const materializedMessage: Resolver = (request) => {
  const { endpoint, fields } = request;
  const { name, project: written } = parseFields(MATERIALIZED, fields).feature_view.spec;
  const project = namedInProject(request);
  assertSameProject(project, written);
  return [
    { actions: endpoint.actions, resources: findNamed(request, project, endpoint.types, name) },
  ];
};
