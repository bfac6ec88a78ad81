import type { MaybePromise } from '../../foundation/maybe-promise.js';
import { checkOptions } from '../../foundation/options.js';
import { runAtOnce, runInSlices } from '../../foundation/time-slices.js';
import type { Vocabulary } from '../../model/index.js';
import type { RegistryRelations } from '../../registry/relations.js';
import type { AnyRequirement, Gate } from '../gate.js';
import type { Endpoint } from './endpoint.js';
import { namedInProject, projectResource } from './named-resources.js';
import { type EndpointInput, readFields } from './read-request.js';
import {
  REQUIREMENT_OPTIONS,
  type RequestContext,
  type RequirementOptions,
} from './request-context.js';
import { RESOLVERS } from './resolvers.js';
import { HiddenUnknown } from './unknown-names.js';

/**
 * What a request to one of Feast's servers needs, for `gate.authorize`. Names are resolved to what
 * the registry knows of them; types and tags of a request are used for nothing but what it writes.
 *
 * To be asked once the caller is known: its errors tell what the registry holds.
 *
 * @returns empty for an endpoint that is not `required`, where nothing but the caller is asked for
 * @throws RequestInvalidError when the request is not what the endpoint takes, or pushes to a
 *   source that feeds nothing
 * @throws ResourceNotFoundError when it names what the registry does not know, projects included
 */
export function requirementsOf(
  endpoint: Endpoint,
  input: EndpointInput,
  relations: RegistryRelations,
  options: RequirementOptions = {},
): readonly AnyRequirement[] {
  return runAtOnce(
    requirementsInSteps(endpoint, input, relations, options),
    Number.POSITIVE_INFINITY,
  );
}

/** {@link requirementsOf} with pauses, which requests that name little do without. */
function* requirementsInSteps(
  endpoint: Endpoint,
  input: EndpointInput,
  relations: RegistryRelations,
  options: RequirementOptions,
): Generator<undefined, readonly AnyRequirement[]> {
  checkOptions<RequirementOptions>(options, REQUIREMENT_OPTIONS);
  if (endpoint.access === 'public' || endpoint.access === 'identity') return [];
  const request = { endpoint, fields: readFields(endpoint, input), relations, options };
  try {
    const resolved = RESOLVERS[endpoint.resources](request);
    const needs = 'next' in resolved ? yield* resolved : resolved;
    const relationships = shownRelationships(request);
    return relationships.length === 0 ? needs : [...needs, ...relationships];
  } catch (error) {
    if (error instanceof HiddenUnknown) return error.needs;
    throw error;
  }
}

/**
 * {@link requirementsOf} for the server of a gate, with its project and its registry.
 *
 * Under `no_auth` nothing of a request is read, and what is returned refuses nothing.
 *
 * @throws TypeError when the gate was not told what its registry holds
 */
export function requirementsAt(
  gate: Gate<Vocabulary>,
  endpoint: Endpoint,
  input: EndpointInput,
  options: RequirementOptions = {},
): readonly AnyRequirement[] {
  return runAtOnce(stepsAt(gate, endpoint, input, options), Number.POSITIVE_INFINITY);
}

/**
 * {@link requirementsAt} in slices of time, between which the process answers other requests.
 *
 * @returns a promise where it takes longer than a slice
 */
export function requirementsInSlices(
  gate: Gate<Vocabulary>,
  endpoint: Endpoint,
  input: EndpointInput,
  options: RequirementOptions = {},
): MaybePromise<readonly AnyRequirement[]> {
  const steps = stepsAt(gate, endpoint, input, options);
  // Most requests name little, and deserve no look at the clock.
  const first = steps.next();
  return first.done ? first.value : runInSlices(steps, Number.POSITIVE_INFINITY);
}

function* stepsAt(
  gate: Gate<Vocabulary>,
  endpoint: Endpoint,
  input: EndpointInput,
  options: RequirementOptions,
): Generator<undefined, readonly AnyRequirement[]> {
  const { relations, project, hideUnknown } = gate;
  if (relations === undefined) {
    throw new TypeError("Feast's endpoints need a gate with option relations");
  }
  if (gate.enforced !== false) {
    return yield* requirementsInSteps(endpoint, input, relations, {
      project,
      hideUnknown,
      ...options,
    });
  }
  if (endpoint.access !== 'required') return [];
  const served = options.project ?? project ?? relations.projects[0] ?? '';
  return [{ actions: ['DESCRIBE'], resources: projectResource(served) }];
}

/** The parameter that asks for the names of neighbours. */
const RELATIONSHIPS = 'include_relationships';

/** What FastAPI reads as false. */
const FALSE = new Set(['false', '0', 'off', 'no', 'f', 'n']);

/**
 * On demand the REST registry server adds the names of neighbours, for callers who may describe the
 * project.
 */
function shownRelationships(request: RequestContext): readonly AnyRequirement[] {
  const { endpoint, fields, relations } = request;
  const wish = fields[RELATIONSHIPS] ?? 'false';
  if (typeof wish === 'string' && FALSE.has(wish.toLowerCase())) return [];
  const ofAll = endpoint.path.endsWith('/all');
  const projects = ofAll ? relations.projects : [namedInProject(request)];
  return projects.map((project) => ({
    actions: ['DESCRIBE'],
    resources: projectResource(project),
  }));
}
