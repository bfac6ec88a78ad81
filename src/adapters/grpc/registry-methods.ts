import { type MaybePromise, whenKnown } from '../../foundation/maybe-promise.js';
import { fieldOf, fieldsOf } from '../../gate/endpoints/message-fields.js';
import { requirementsInSlices } from '../../gate/endpoints/requirements-of.js';
import {
  type Endpoint,
  filterAnswer,
  findEndpoint,
  type Gate,
  type RequirementOptions,
} from '../../gate/index.js';
import { RequestInvalidError, type Vocabulary } from '../../model/index.js';
import type { MethodGuard, Requirements } from './method-guard.js';

/** Where the methods of Feast's registry service are. */
export const REGISTRY_SERVICE = '/feast.registry.RegistryServer/';

/**
 * The guards of Feast's registry service, by the full path of the method.
 *
 * Messages are read as @grpc/proto-loader, protobufjs, ts-proto and protobuf-es make them: objects
 * with a member for each field, in snake or in camel case. What cannot be read so is refused.
 */
export function registryMethods<V extends Vocabulary>(
  gate: Gate<V>,
  options: RequirementOptions | undefined,
): (path: string) => MethodGuard | undefined {
  const asAny = gate as unknown as Gate<Vocabulary>;
  return (path) => {
    const endpoint = path.startsWith(REGISTRY_SERVICE)
      ? findEndpoint('registry-grpc', 'POST', path, gate.feastVersion)?.endpoint
      : undefined;
    if (endpoint === undefined) return undefined;
    const isEnough = endpoint.access === 'filtered' || endpoint.access === 'identity';
    const request = (message: unknown): MaybePromise<Requirements | undefined> => {
      const body = gate.enforced === false ? {} : bodyOf(endpoint, message);
      const needed = requirementsInSlices(asAny, endpoint, { body }, options);
      return whenKnown(needed, (needs) => (needs.length === 0 && isEnough ? undefined : needs));
    };
    if (endpoint.access !== 'filtered') return { request };
    return {
      request,
      response: (answer, caller, { request: asked }) =>
        filterAnswer(asAny, endpoint, answer, { caller, project: projectOf(asked) }),
    };
  };
}

/**
 * Where libraries keep what came in fields that their definition of a message does not know:
 * protobuf-es, ts-proto.
 */
const UNKNOWN_FIELDS = ['$unknown', '_unknown_fields'];

/**
 * A message with the names of its definition, and in it the object that it writes.
 *
 * SECURITY: what is not known of a write may be another object, which a server behind this one
 * takes for the one that is meant.
 *
 * @throws RequestInvalidError when a write has fields that are not known
 */
function bodyOf({ messages }: Endpoint, message: unknown): Record<string, unknown> {
  const body = { ...fieldsOf(message) };
  if (messages !== undefined && UNKNOWN_FIELDS.some((field) => isFilled(body[field]))) {
    throw new RequestInvalidError('the request has unknown fields');
  }
  for (const field of ['feature_view', ...(messages?.keys() ?? [])]) {
    const written = body[field];
    if (typeof written !== 'object' || written === null) continue;
    const fields = { ...fieldsOf(written) };
    const { spec = null } = fields;
    body[field] = spec === null ? fields : { ...fields, spec: { ...fieldsOf(spec) } };
  }
  return body;
}

/** Whether a list or an object has anything in it. */
function isFilled(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function projectOf(request: unknown): string | undefined {
  const project = fieldOf(request, 'project');
  return typeof project === 'string' && project !== '' ? project : undefined;
}
