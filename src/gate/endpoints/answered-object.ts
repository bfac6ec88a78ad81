import type { FeastType, Resource } from '../../model/index.js';
import type { RegistryRelations } from '../../registry/relations.js';
import { type AnsweredObject, FOUND_KINDS, VIEW_KINDS } from './answer.js';
import { fieldOf, fieldsOf, snakeCase } from './message-fields.js';
import { MAX_NAME_LENGTH } from './read-request.js';

interface Identified {
  readonly name: string;
  readonly project: string | undefined;
  readonly types: readonly FeastType[];
}

type Candidate = Resource<FeastType> & { readonly project?: string | undefined };

/**
 * What an object of an answer may be: what the registry knows under its name, or anything that its
 * place can hold.
 *
 * @param project of the request, for objects that do not name theirs
 * @returns at least one resource
 * @throws TypeError when the object does not say what it is, or has a name that is too long
 */
export function candidatesOf(
  object: unknown,
  described: AnsweredObject,
  relations: RegistryRelations,
  project: string | undefined,
): readonly Candidate[] {
  if (described.place === 'vector store') return [vectorStore(object, relations, project)];
  const found = identify(object, described);
  if (found === undefined) throw new TypeError('an object without a name');
  const { name, types, project: own = project } = found;
  const registered = own === undefined ? [] : relations.named(own, types, name);
  if (registered.length > 0) return registered;
  // SECURITY: what the registry does not know is matched by its name, which no request could write.
  if (name.length > MAX_NAME_LENGTH) throw new TypeError('the name of an object is too long');
  return types.map((type) => ({ type, name, project: own }));
}

function identify(object: unknown, { place, types }: AnsweredObject): Identified | undefined {
  switch (place) {
    case 'spec':
      return inSpec(object, types);
    case 'itself':
      return named(object, 'name', types);
    case 'feature':
      return named(object, 'feature_view', types);
    case 'job':
      return named(object, 'dataset_name', types);
    case 'monitoring job':
      return monitoringJob(object, types);
    case 'any view':
      return oneOfViews(fieldsOf(object));
    case 'typed view':
      return typedView(object);
    case 'found':
      return foundBySearch(object);
    case 'project name':
      return named({ name: object }, 'name', types);
    case 'vector store':
      return undefined;
  }
}

/** The view of a job, or else its project. */
function monitoringJob(job: unknown, types: readonly FeastType[]): Identified | undefined {
  const view = fieldOf(job, 'feature_view_name') ?? '';
  if (view !== '') return named(job, 'feature_view_name', types);
  const project = projectIn(job);
  return project === undefined ? undefined : { name: project, types: ['Project'], project };
}

function oneOfViews(views: Readonly<Record<string, unknown>>): Identified | undefined {
  const given = [...VIEW_KINDS].filter(([field]) => (views[field] ?? null) !== null);
  const [only] = given;
  if (only === undefined || given.length > 1) return undefined;
  return inSpec(views[only[0]], only[1]);
}

function typedView(object: unknown): Identified | undefined {
  const type = fieldOf(object, 'type');
  const types = typeof type === 'string' ? VIEW_KINDS.get(snakeCase(type)) : undefined;
  return types === undefined ? undefined : inSpec(object, types);
}

function foundBySearch(object: unknown): Identified | undefined {
  const type = fieldOf(object, 'type');
  const kind = typeof type === 'string' ? FOUND_KINDS.get(type) : undefined;
  return kind === undefined ? undefined : named(object, kind.nameField, kind.types);
}

/** The name in the object's `spec`. Lists of all projects say the project beside it. */
function inSpec(object: unknown, types: readonly FeastType[]): Identified | undefined {
  const found = named(fieldOf(object, 'spec'), 'name', types);
  const beside = projectIn(object);
  if (found === undefined || beside === undefined) return found;
  // SECURITY: two projects in one object: a client may read either.
  const isOther = found.project !== undefined && found.project !== beside;
  return isOther ? undefined : { ...found, project: beside };
}

function named(
  message: unknown,
  field: string,
  types: readonly FeastType[],
): Identified | undefined {
  const name = fieldOf(message, field);
  if (typeof name !== 'string' || name === '') return undefined;
  // A project is in itself.
  return { name, types, project: types.includes('Project') ? name : projectIn(message) };
}

function projectIn(message: unknown): string | undefined {
  const project = fieldOf(message, 'project');
  return typeof project === 'string' && project !== '' ? project : undefined;
}

/** @throws TypeError when the registry does not know it */
function vectorStore(
  object: unknown,
  relations: RegistryRelations,
  project: string | undefined,
): Candidate {
  const id = fieldOf(object, 'id');
  const stores = project === undefined ? [] : relations.vectorStores(project);
  const store = stores.find((one) => one.id === id);
  if (store === undefined) throw new TypeError('an unknown vector store');
  return store.view;
}
