import type { MaybePromise } from '../../foundation/maybe-promise.js';
import { checkOptions, type OptionNames } from '../../foundation/options.js';
import { runInSlices } from '../../foundation/time-slices.js';
import type { Vocabulary } from '../../model/index.js';
import type { RegistryRelations } from '../../registry/relations.js';
import { type Prepare, prepareFor } from '../decide-requirement.js';
import { maxDecisionMs } from '../decision-time.js';
import type { Caller, Gate } from '../gate.js';
import type { AnsweredObject, AnswerFilter } from './answer.js';
import { candidatesOf } from './answered-object.js';
import type { Endpoint } from './endpoint.js';
import { camelCase, fieldOf } from './message-fields.js';
import { projectResource } from './named-resources.js';

/** How many objects there are in all is left out: it would count those that are hidden. */
const PAGINATION = ['page', 'limit', 'has_next', 'has_previous'];

/** Who sees an answer, and what was asked. */
export interface AnswerReader<V extends Vocabulary = Vocabulary> {
  /** Who asks; undefined, as on a public route, is refused. */
  readonly caller: Caller<V> | undefined;
  /** The project that the request names, for objects that do not name theirs. */
  readonly project?: string | undefined;
}

const READER_OPTIONS: OptionNames<AnswerReader> = { caller: true, project: true };

/**
 * What a caller may see of an answer of one of Feast's servers: of a list, those objects that the
 * caller may DESCRIBE.
 *
 * Takes the JSON of a REST server, or a message as gRPC libraries deserialize it. A long list is
 * looked through in slices of time, between which the process answers other requests.
 *
 * @returns a new object, where fields that {@link Endpoint.answer} does not name are empty;
 * `answer` itself where it is one object, and under `no_auth`; undefined for an answer that cannot
 * be filtered, which must not be sent; a promise where it takes longer than a slice
 * @throws PermissionDeniedError if the answer is one object that the caller may not describe
 * @throws RequestInvalidError if it takes longer than the `maxDecisionSeconds` of the gate
 * @throws TypeError if an option is unknown, without a caller, or if the gate has no relations
 * @example
 * const endpoint = findEndpoint('registry-rest', 'GET', '/entities')!.endpoint;
 * reply.send(await filterAnswer(gate, endpoint, answer, { caller: callerOf(request), project }));
 */
export function filterAnswer<V extends Vocabulary>(
  gate: Pick<Gate<V>, 'relations' | 'project' | 'enforced' | 'maxDecisionSeconds'>,
  endpoint: Endpoint,
  answer: unknown,
  reader: AnswerReader<V>,
): MaybePromise<unknown> {
  checkOptions<AnswerReader>(reader, READER_OPTIONS);
  if (gate.enforced === false) return answer;
  const { relations } = gate;
  if (relations === undefined) {
    throw new TypeError("Feast's endpoints need a gate with option relations");
  }
  const { caller, project = servedProject(relations, gate.project, endpoint) } = reader;
  if (caller === undefined)
    throw new TypeError('`caller` is missing: an answer is filtered for a caller');
  const anyCaller = caller as unknown as Caller<Vocabulary>;
  const context = { caller: anyCaller, prepare: prepareFor(anyCaller), relations, project };
  return runInSlices(filterInSteps(endpoint.answer, answer, context), maxDecisionMs(gate));
}

/** The online server serves one project, which its requests do not name. */
function servedProject(
  { projects }: RegistryRelations,
  own: string | undefined,
  { server }: Endpoint,
): string | undefined {
  if (server !== 'online') return undefined;
  return own ?? (projects.length === 1 ? projects[0] : undefined);
}

interface AnswerContext {
  readonly caller: Caller<Vocabulary>;
  readonly prepare: Prepare<Vocabulary>;
  readonly relations: RegistryRelations;
  readonly project: string | undefined;
}

/** Objects of a list between two pauses. */
const OBJECTS_PER_STEP = 64;

function* filterInSteps(
  filter: AnswerFilter | undefined,
  answer: unknown,
  context: AnswerContext,
): Generator<undefined, unknown> {
  // Bytes that were serialized elsewhere cannot be looked into.
  if (typeof answer !== 'object' || answer === null || answer instanceof Uint8Array)
    return undefined;
  if (filter === undefined) return undefined;
  if (filter.one !== undefined) {
    const { relations, project } = context;
    const candidates = candidatesOf(answer, filter.one, relations, project);
    for (const one of candidates) (yield* context.prepare(one, false))();
    context.caller.assert('DESCRIBE', candidates);
    return answer;
  }
  const shown = copyFields(answer, [...filter.shown, ...shownOnProject(filter, context)]);
  for (const list of filter.lists) {
    const items: unknown = fieldOf(answer, list.field) ?? [];
    if (!Array.isArray(items)) return undefined;
    const name = nameIn(answer, list.field);
    const kept: unknown[] = [];
    for (const [index, item] of items.entries()) {
      if (yield* isShown(item, list, context)) kept.push(item);
      if (index % OBJECTS_PER_STEP === OBJECTS_PER_STEP - 1) yield;
    }
    shown[name] = kept;
  }
  return shown;
}

/** With pauses: what the registry does not know yet has to be matched by its name. */
function* isShown(
  item: unknown,
  list: AnsweredObject,
  { caller, prepare, relations, project }: AnswerContext,
): Generator<undefined, boolean> {
  try {
    for (const one of candidatesOf(item, list, relations, project)) {
      (yield* prepare(one, false))();
      if (!caller.can('DESCRIBE', one)) return false;
    }
    return true;
  } catch {
    return false;
  }
}

function shownOnProject(
  { onProject = [] }: AnswerFilter,
  { caller, relations, project }: AnswerContext,
): readonly string[] {
  if (onProject.length === 0) return [];
  const projects = project === undefined ? relations.projects : [project];
  const mayDescribe = projects.every((one) => caller.can('DESCRIBE', projectResource(one)));
  return projects.length > 0 && mayDescribe ? onProject : [];
}

/**
 * A message of the same kind, with these fields alone. All others hold what they hold in an empty
 * message: some libraries cannot write one in which a field is missing.
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
