import { z } from 'zod';
import type { Authorizer } from '../engine/index.js';
import {
  AuthzError,
  type DecisionReason,
  type FeastVocabulary,
  type ResourceOf,
} from '../model/index.js';
import { UsageError } from './command.js';
import { explainIssues } from './explain-issues.js';
import type { ReadLine } from './read-lines.js';
import { userSchema } from './read-user.js';
import { resolveActions, resolveType } from './resolve-names.js';

/** What a request calls itself. */
type RequestId = string | number;

/** The answer to a request, or what is wrong with it. */
export type RequestAnswer =
  | {
      readonly id?: RequestId;
      readonly allowed: boolean;
      readonly reason: DecisionReason;
      /** Names of the permissions that decided. */
      readonly permissions: readonly string[];
    }
  | { readonly id?: RequestId; readonly error: { readonly message: string } };

// Read pair by pair: a record schema would lose a tag named `__proto__`.
const tags = z.custom<Readonly<Record<string, string>>>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((tag) => typeof tag === 'string'),
  'must be an object of strings',
);

const requestSchema = z.strictObject({
  id: z.union([z.string(), z.number()]).optional(),
  // SECURITY: not optional, or a misspelt field would ask for the anonymous user.
  user: userSchema,
  actions: z.union([z.string(), z.array(z.string())]),
  resource: z.strictObject({
    type: z.string(),
    name: z.string(),
    project: z.string().optional(),
    tags: tags.optional(),
  }),
});

/** Answers one line of requests. Never throws on what the line holds. */
export function answerRequest(
  authorizer: Authorizer<FeastVocabulary>,
  line: ReadLine,
): RequestAnswer {
  if ('problem' in line) return { error: { message: line.problem } };
  let value: unknown;
  try {
    value = JSON.parse(line.text);
  } catch {
    return { error: { message: 'the line is not JSON' } };
  }
  const id = idOf(value);
  const request = requestSchema.safeParse(value);
  if (!request.success) return { ...id, error: { message: explainIssues(request.error) } };
  try {
    return { ...id, ...decide(authorizer, request.data) };
  } catch (error) {
    if (!isAboutRequest(error)) throw error;
    return { ...id, error: { message: error.message } };
  }
}

function decide(
  authorizer: Authorizer<FeastVocabulary>,
  request: z.output<typeof requestSchema>,
): {
  readonly allowed: boolean;
  readonly reason: DecisionReason;
  readonly permissions: readonly string[];
} {
  const { vocabulary } = authorizer.snapshot;
  const actions = resolveActions(vocabulary, [request.actions].flat());
  const type = resolveType(vocabulary, request.resource.type);
  const resource = { ...request.resource, type } as ResourceOf<FeastVocabulary>;
  const { allowed, reason, permissions } = authorizer.decide(
    request.user,
    actions as never,
    resource,
  );
  return { allowed, reason, permissions: permissions.map(({ name }) => name) };
}

// The engine takes what it is asked for as arguments: a project that is missing is a TypeError there.
function isAboutRequest(error: unknown): error is Error {
  return error instanceof UsageError || error instanceof AuthzError || error instanceof TypeError;
}

function idOf(value: unknown): { readonly id?: RequestId } {
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined;
  return typeof id === 'string' || typeof id === 'number' ? { id } : {};
}
