import type { Actions } from '../../engine/index.js';
import { listOf } from '../../foundation/list-of.js';
import { type MaybePromise, whenKnown } from '../../foundation/maybe-promise.js';
import { checkOptions } from '../../foundation/options.js';
import { type AnyRequirement, resourcesOf } from '../../gate/index.js';
import {
  type FeastVocabulary,
  quote,
  RequestInvalidError,
  type ResourceOf,
  type Vocabulary,
} from '../../model/index.js';
import { assertInVocabulary, type NamedConstants, namedIn } from '../support/vocabulary-check.js';
import type { MethodGuard, Requirements } from './method-guard.js';

type Resources<V extends Vocabulary> = ResourceOf<V> | readonly ResourceOf<V>[];

/**
 * Which messages of a stream from the client are decided on. `each`: all, one by one, before the
 * handler sees them. `first`: the first, which must then name all that the stream is about.
 */
export type DecidedMessages = 'each' | 'first';

/** How the messages of a stream are decided on. */
export interface RequiresOptions {
  /** Default: `each`. */
  readonly messages?: DecidedMessages | undefined;
}

/** What a method requires of its callers, made by {@link requires}. */
export interface GrpcRequirement<V extends Vocabulary = FeastVocabulary> {
  /** Known beforehand, and decided on before any message is read. */
  readonly call?: Requirements<V> | undefined;
  /** Asked for each message, or for the first one. */
  readonly request?: ((message: unknown) => MaybePromise<Requirements<V>>) | undefined;
  readonly messages: DecidedMessages;
  /** What is known of it beforehand. */
  readonly named?: NamedConstants | undefined;
}

/** Most resources that one message may name: each of them costs a decision. */
const MAX_RESOURCES = 10_000;

/**
 * What a method requires of its callers: all of `actions`, on all of the resources.
 *
 * A resource that is known beforehand is decided on before any message is read. A function is
 * called with the messages, as the method's definition deserializes them; what it throws refuses
 * the call. Take the name alone from a message, and the type from your own code. A function alone
 * says actions and resources together. More than 10,000 resources for one message are refused.
 *
 * @throws TypeError if an option is unknown or invalid, and without actions or resources
 * @example
 * requires('READ_ONLINE', ({ view }: { view: string }) => ({ type: 'FeatureView', name: view }))
 */
export function requires<V extends Vocabulary = FeastVocabulary, Message = never>(
  actions: Actions<V>,
  resources: Resources<V> | ((message: Message) => MaybePromise<Resources<V>>),
  options?: RequiresOptions,
): GrpcRequirement<V>;
export function requires<V extends Vocabulary = FeastVocabulary, Message = never>(
  find: (message: Message) => MaybePromise<Requirements<V>>,
  options?: RequiresOptions,
): GrpcRequirement<V>;
export function requires<V extends Vocabulary>(
  actions: Actions<V> | ((message: never) => MaybePromise<Requirements<V>>),
  resources?: Resources<V> | ((message: never) => MaybePromise<Resources<V>>) | RequiresOptions,
  options: RequiresOptions = {},
): GrpcRequirement<V> {
  if (typeof actions === 'function') {
    const find = actions as (message: unknown) => MaybePromise<Requirements<V>>;
    const messages = messagesOf((resources ?? {}) as RequiresOptions);
    return Object.freeze({
      request: (message: unknown) => whenKnown(find(message), few),
      messages,
    });
  }
  const messages = messagesOf(options);
  if (actions === undefined || actions.length === 0)
    throw new TypeError('a rule must require at least one action');
  if (typeof resources === 'function') {
    const find = resources as (message: unknown) => MaybePromise<Resources<V>>;
    const toRequirements = (found: Resources<V>) => few<V>({ actions, resources: found });
    return Object.freeze({
      request: (message: unknown) => whenKnown(find(message), toRequirements),
      messages,
      named: namedIn(actions),
    });
  }
  if (typeof resources !== 'object' || resources === null) {
    throw new TypeError('resources must be a resource, a list of them, or a function');
  }
  if (Array.isArray(resources) && resources.length === 0) {
    throw new TypeError('a rule must require at least one resource');
  }
  const call = { actions, resources: resources as Resources<V> };
  return Object.freeze({ call, messages, named: namedIn(actions, call.resources) });
}

/** @throws RequestInvalidError when they are about more resources than are decided on */
function few<V extends Vocabulary>(requirements: Requirements<V>): Requirements<V> {
  let count = 0;
  for (const one of listOf<AnyRequirement<V>>(requirements)) {
    count += resourcesOf(one).length;
  }
  if (count <= MAX_RESOURCES) return requirements;
  throw new RequestInvalidError(`a message names at most ${MAX_RESOURCES} resources`);
}

/**
 * A rule as a list of what is required.
 *
 * SECURITY: an object that requires nothing would let everyone through.
 *
 * @param subject what the rule is about, for the message
 * @param vocabulary of the gate, where it is known
 * @throws TypeError unless all of it comes from {@link requires}, and names what the vocabulary has
 */
export function readRequirements(
  rule: GrpcRequirement<Vocabulary> | readonly GrpcRequirement<Vocabulary>[],
  subject: string,
  vocabulary: Vocabulary | undefined,
): readonly GrpcRequirement<Vocabulary>[] {
  const list: readonly GrpcRequirement<Vocabulary>[] =
    typeof rule === 'object' && rule !== null ? listOf(rule) : [];
  const isRequired = list.every((one) => one?.call !== undefined || one?.request !== undefined);
  if (list.length > 0 && isRequired) {
    for (const { named } of list) assertInVocabulary(vocabulary, named, `the rule of ${subject}`);
    return list;
  }
  throw new TypeError(`the rule of ${quote(subject)} must come from requires()`);
}

function messagesOf(options: RequiresOptions): DecidedMessages {
  checkOptions<RequiresOptions>(options, { messages: true });
  const { messages = 'each' } = options;
  if (messages === 'each' || messages === 'first') return messages;
  throw new TypeError('option messages must be `each` or `first`');
}

/** The guard of a method that requires all of `list`. */
export function guardOf(list: readonly GrpcRequirement<Vocabulary>[]): MethodGuard {
  const call = list.flatMap((one) => (one.call === undefined ? [] : listOf(one.call)));
  const asked = list.filter(({ request }) => request !== undefined);
  return {
    ...(call.length === 0 ? {} : { call }),
    ...(asked.length === 0 ? {} : { request: (message, index) => ask(asked, message, index) }),
    ...(asked.length > 0 && asked.every(({ messages }) => messages === 'first')
      ? { isOneRequest: true }
      : {}),
  };
}

async function ask(
  requirements: readonly GrpcRequirement<Vocabulary>[],
  message: unknown,
  index: number,
): Promise<Requirements | undefined> {
  const due = requirements.filter(({ messages }) => index === 0 || messages === 'each');
  if (due.length === 0) return undefined;
  const found: AnyRequirement<Vocabulary>[] = [];
  for (const { request } of due) {
    const needed = listOf<AnyRequirement<Vocabulary>>((await request?.(message)) ?? []);
    // SECURITY: one that asks for nothing must not hide behind another that asks for something.
    if (needed.length === 0) throw new TypeError('nothing was required for a message');
    found.push(...needed);
  }
  return found;
}
