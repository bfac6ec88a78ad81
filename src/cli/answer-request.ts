import * as z from 'zod';
import { FEAST_READING_VERSIONS, type FeastAnswer, type FeastReading } from '../audit/index.js';
import type { Authorizer, Snapshot } from '../engine/index.js';
import {
  AuthzError,
  type DecisionReason,
  type FeastVocabulary,
  type ResourceOf,
  type Vocabulary,
} from '../model/index.js';
import { UsageError } from './command.js';
import { explainIssues, type FieldNames, MISSING } from './explain-issues.js';
import type { ReadLine } from './read-lines.js';
import { USER_FIELDS, userSchema } from './read-user.js';
import { resolveActions, resolveType } from './resolve-names.js';
import { explainMissingProject, parseResourceName } from './resolve-resource.js';

/** What a request calls itself. */
type RequestId = string | number;

/** The answer to a request, or what is wrong with it. */
export type RequestAnswer = Place &
  (DecidedAnswer | { readonly error: { readonly message: string } });

/** What an answer belongs to. */
interface Place {
  /** Number of the input line, from 1 on. */
  readonly line: number;
  /** What the request calls itself, if that can be read. */
  readonly id?: RequestId;
}

interface DecidedAnswer {
  readonly allowed: boolean;
  readonly reason: DecisionReason;
  /** Names of the permissions that decided. */
  readonly permissions: readonly string[];
  /** What Feast's own servers answer; only where that was asked for and differs. */
  readonly feast?: Pick<FeastAnswer, 'allowed' | 'reason' | 'explanation'> & {
    readonly versions: readonly string[];
  };
}

// Read pair by pair: a record schema would lose a tag named `__proto__`.
const tags = z.custom<Readonly<Record<string, string>>>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((tag) => typeof tag === 'string'),
  'must be an object of strings',
);
const NOT_JSON = 'the line is not JSON: write each request as one object on one line';

const requestSchema = z.strictObject({
  id: z.union([z.string(), z.number()], 'must be a string or a number').optional(),
  // SECURITY: not optional, or a misspelt field would ask for the anonymous user.
  user: userSchema,
  actions: z.union([z.string(), z.array(z.string())], {
    error: ({ input }) =>
      input === undefined ? MISSING : 'must be a string or an array of strings',
  }),
  resource: z.strictObject(
    {
      type: z.string(),
      name: z.string(),
      project: z.string().optional(),
      tags: tags.optional(),
    },
    {
      error: ({ code, input }) =>
        code === 'invalid_type' && input !== undefined
          ? 'must be `TYPE:NAME` or an object'
          : undefined,
    },
  ),
});
const REQUEST_FIELDS: FieldNames = {
  id: true,
  user: USER_FIELDS,
  actions: true,
  resource: { type: true, name: true, project: true, tags: true },
};

/**
 * Answers one line of requests. Never throws on what the line holds.
 *
 * @param number of the line, from 1 on
 * @param feast what Feast's servers answer is told where it differs; undefined: it is not asked
 */
export function answerRequest(
  authorizer: Authorizer<FeastVocabulary>,
  line: ReadLine,
  number: number,
  feast?: FeastReading,
): RequestAnswer {
  if ('problem' in line) return { line: number, error: { message: line.problem } };
  let value: unknown;
  try {
    value = JSON.parse(line.text);
  } catch {
    return { line: number, error: { message: NOT_JSON } };
  }
  const place = { line: number, ...idOf(value) };
  try {
    return { ...place, ...decide(authorizer, readRequest(authorizer.snapshot, value), feast) };
  } catch (error) {
    if (!isAboutRequest(error)) throw error;
    return { ...place, error: { message: error.message } };
  }
}

/** @throws {@link UsageError} if it is not a request, with all that is wrong */
function readRequest(
  snapshot: Snapshot<FeastVocabulary>,
  written: unknown,
): z.output<typeof requestSchema> {
  const { value, problem } = withResource(snapshot.vocabulary, written);
  const request = requestSchema.safeParse(value);
  if (!request.success || problem !== undefined) {
    const issues = request.success
      ? []
      : [explainIssues(request.error, 'the request', REQUEST_FIELDS)];
    throw new UsageError([...issues, ...(problem ?? [])].join('; '));
  }
  if (request.data.resource.project === undefined) {
    const place = 'in `resource.project` or with `--project`';
    const missing = explainMissingProject(snapshot, place);
    if (missing !== undefined) throw new UsageError(missing);
  }
  return request.data;
}

/**
 * Takes `TYPE:NAME` for the object that it stands for. The value is not used where there is a
 * problem.
 */
function withResource(
  vocabulary: Vocabulary,
  value: unknown,
): { readonly value: unknown; readonly problem?: readonly string[] } {
  if (typeof value !== 'object' || value === null || !('resource' in value)) return { value };
  const { resource } = value;
  if (typeof resource !== 'string') return { value };
  try {
    return { value: { ...value, resource: parseResourceName(vocabulary, resource) } };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { value: { ...value, resource: { type: '', name: '' } }, problem: [error.message] };
  }
}

function decide(
  authorizer: Authorizer<FeastVocabulary>,
  request: z.output<typeof requestSchema>,
  feast: FeastReading | undefined,
): DecidedAnswer {
  const { vocabulary } = authorizer.snapshot;
  const actions = resolveActions(vocabulary, [request.actions].flat());
  const type = resolveType(vocabulary, request.resource.type);
  const resource = { ...request.resource, type } as ResourceOf<FeastVocabulary>;
  const { allowed, reason, permissions } = authorizer.decide(
    request.user,
    actions as never,
    resource,
  );
  const answer = { allowed, reason, permissions: permissions.map(({ name }) => name) };
  const other = feast?.decide(request.user, actions, resource);
  if (other === undefined || other.allowed === allowed) return answer;
  return {
    ...answer,
    feast: {
      allowed: other.allowed,
      reason: other.reason,
      explanation: other.explanation,
      versions: FEAST_READING_VERSIONS,
    },
  };
}

// The engine takes what it is asked for as arguments: a project that is missing is a TypeError
// there.
function isAboutRequest(error: unknown): error is Error {
  return error instanceof UsageError || error instanceof AuthzError || error instanceof TypeError;
}

function idOf(value: unknown): { readonly id?: RequestId } {
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined;
  return typeof id === 'string' || typeof id === 'number' ? { id } : {};
}
