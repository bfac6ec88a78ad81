import * as z from 'zod';
import { isPlainObject, quote, RequestInvalidError } from '../../model/index.js';
import type { Endpoint } from './endpoint.js';

/** What a request says, parsed. */
export interface EndpointInput {
  /**
   * The JSON of an HTTP request, the message of a gRPC one with the field names of the schema, the
   * command of a Flight.
   */
  readonly body?: unknown;
  /** What stands in the path: see `findEndpoint`. */
  readonly params?: ReadonlyMap<string, string> | undefined;
  readonly query?: URLSearchParams | undefined;
}

/** Most views, features and names that one request may name. */
export const MAX_NAMES = 10_000;
/** Longest name of a view, and longest reference to one of its features, in UTF-16 code units. */
export const MAX_NAME_LENGTH = 1024;
const MAX_TAGS = 1000;

const isName = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= MAX_NAME_LENGTH;

/** A name of something. */
export const nameSchema: z.ZodType<string> = z.custom<string>(isName);

/** A name that may be left out; Feast takes the empty one and null for none. */
export const optionalName: z.ZodType<string | undefined> = z
  .custom<string | null>((value) => value === '' || value === null || isName(value))
  .transform((value) => (value === '' || value === null ? undefined : value))
  .optional();

// One test for the whole list, so that a long list of wrong things is one problem and not many.
const isNames = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length <= MAX_NAMES && value.every(isName);

/** Names, of which there may be none. */
export const namesSchema: z.ZodType<readonly string[]> = z.custom<readonly string[]>(isNames);

/** Names that may be left out. */
export const optionalNames: z.ZodType<readonly string[] | undefined> = z
  .custom<readonly string[] | null>((value) => value === null || isNames(value))
  .transform((value) => value ?? undefined)
  .optional();

/** Tags of an object that is written. Left out: none. */
export const tagsSchema: z.ZodType<Readonly<Record<string, string>>> = z
  .custom<Readonly<Record<string, string>> | null>((value) => value === null || isTags(value))
  .transform((value) => value ?? {})
  .default({});

function isTags(value: unknown): boolean {
  if (!isPlainObject(value)) return false;
  const tags = Object.values(value);
  return tags.length <= MAX_TAGS && tags.every((tag) => typeof tag === 'string');
}

/**
 * What a request says by name, of all that its endpoint takes: the path and the query of a request
 * without a body, and else the path and the body, so that nothing is read from where the server
 * does not look.
 *
 * @throws RequestInvalidError if there should be a body and it is not an object, or the query of
 *   the REST registry server names another project than the body
 */
export function readFields(
  endpoint: Endpoint,
  { body, params, query }: EndpointInput,
): Readonly<Record<string, unknown>> {
  const { server, method, parameters } = endpoint;
  const fields: Record<string, unknown> = Object.create(null);
  const isRest = server === 'registry-rest' || server === 'lineage';
  if (method === 'GET' || method === 'DELETE') {
    if (isRest && query !== undefined) readQueryInto(fields, query, parameters);
  } else {
    if (body !== undefined && !isPlainObject(body)) {
      throw new RequestInvalidError('the body of the request must be an object');
    }
    for (const name of parameters) {
      if (body !== undefined && Object.hasOwn(body, name)) fields[name] = body[name];
    }
    if (isRest && query !== undefined) assertOneProject(fields, query);
  }
  for (const name of parameters) {
    const value = params?.get(name);
    if (value !== undefined) fields[name] = value;
  }
  return fields;
}

/** A key that comes twice becomes a list, and is refused where one value is taken. */
function readQueryInto(
  fields: Record<string, unknown>,
  query: URLSearchParams,
  parameters: readonly string[],
): void {
  for (const [key, value] of query) {
    if (!parameters.includes(key)) continue;
    const earlier = fields[key];
    if (earlier === undefined) fields[key] = value;
    else if (Array.isArray(earlier)) earlier.push(value);
    else fields[key] = [earlier, value];
  }
}

/** SECURITY: of two projects a server may decide by one and write to the other. */
function assertOneProject({ project }: Readonly<Record<string, unknown>>, query: URLSearchParams) {
  if (project === undefined) return;
  for (const [key, value] of query) {
    if (key !== 'project' || value === project) continue;
    throw new RequestInvalidError('the query and the body of the request name different projects');
  }
}

/** @throws RequestInvalidError naming the first field that is wrong, and no value */
export function parseFields<T>(schema: z.ZodType<T>, fields: unknown): T {
  const parsed = schema.safeParse(fields);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = quote((issue?.path ?? []).join('.'));
  throw new RequestInvalidError(
    `${field} of the request is missing, or not what the endpoint takes`,
  );
}
