import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Actions } from '../../engine/index.js';
import { checkOptions, type OptionNames } from '../../foundation/options.js';
import type { Caller, Gate } from '../../gate/index.js';
import {
  type FeastVocabulary,
  ResourceNotFoundError,
  type ResourceOf,
  type Subject,
  type Vocabulary,
} from '../../model/index.js';
import {
  ADAPTER_OPTIONS,
  type AdapterOptions,
  createUnguardedCheck,
} from '../support/adapter-options.js';
import { createAnswerWatch } from '../support/answer-watch.js';
import { authorizationOf } from '../support/authorization-of.js';
import { createEndpointRules, type FeastEndpointsOption } from '../support/feast-endpoint.js';
import { authenticate, authorize } from '../support/pass-gate.js';
import { refusalOf } from '../support/refusal-of.js';
import { RequestInput } from '../support/request-input.js';
import { type RouteRule, readRule } from '../support/route-rule.js';
import { sendRefusal } from '../support/send-refusal.js';
import { STREAM_OPTIONS, type StreamOptions } from '../support/stream-options.js';
import { readJsonBody } from './read-json-body.js';
import { type RouteMatch, RouteTable } from './route-table.js';

/** A request that passed, or is about to pass, the gate. */
export interface GuardedRequest {
  readonly method: string;
  /** As it was sent, without the query. */
  readonly path: string;
  /** What the names in the route's path stand for, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** The first value of each name. */
  readonly query: Readonly<Record<string, string>>;
  /** The body's JSON, where the route reads it. */
  readonly body: unknown;
  /** Who asks; null for the anonymous one, and on public routes. */
  readonly subject: Subject | null;
  /** All that may be asked about who asks; undefined on public routes. */
  readonly caller: Caller | undefined;
  readonly raw: IncomingMessage;
  /** Whether who asks may do something else too; false on public routes. */
  can(actions: Actions<FeastVocabulary>, resource: ResourceOf<FeastVocabulary>): boolean;
}

/** Who makes a request, whatever the vocabulary of the gate. Undefined on public routes. */
export function callerOf<V extends Vocabulary = FeastVocabulary>(
  request: GuardedRequest,
): Caller<V> | undefined {
  return request.caller as Caller<V> | undefined;
}

/** What it throws is answered as the gate answers errors, unless an answer has begun. */
export type GuardedHandler = (request: GuardedRequest, response: ServerResponse) => unknown;

/** A route, and what it requires. */
export interface GuardedRoute {
  /** What the route requires of its callers. */
  readonly requires?: RouteRule<GuardedRequest> | undefined;
  /**
   * `json`: the body is read, once the caller is known, and given to `requires` and the handler.
   * `raw`: it is left to the handler. Default: `json` where what Feast requires depends on it,
   * `raw` otherwise.
   */
  readonly body?: 'json' | 'raw' | undefined;
  readonly handler: GuardedHandler;
}

/** Options of `guard` for `node:http`. */
export interface GuardOptions extends AdapterOptions, StreamOptions {
  /**
   * By method and path: `GET /views/:name`. Any other path is a 404 for who is known, and a 401 for
   * who is not.
   */
  readonly routes: Readonly<Record<string, GuardedRoute>>;
  /** The longest body that is read, in bytes. Default: 1 MiB. */
  readonly maxBodyBytes?: number | undefined;
  /**
   * Guards routes at the paths of Feast's own endpoints by what Feast requires there. Default:
   * false.
   */
  readonly feastEndpoints?: FeastEndpointsOption | undefined;
}

/** Without a table of routes, all requests are for one. */
type OneRouteOptions = GuardedRoute & Omit<GuardOptions, 'routes' | 'feastEndpoints'>;

const ROUTE: OptionNames<GuardedRoute> = { requires: true, body: true, handler: true };
const GUARD_OPTIONS: OptionNames<GuardOptions> = {
  ...ADAPTER_OPTIONS,
  ...STREAM_OPTIONS,
  routes: true,
  maxBodyBytes: true,
  feastEndpoints: true,
};
const DEFAULT_MAX_BODY_BYTES = 1_048_576;

interface CompiledRoute {
  readonly rule: RouteRule<GuardedRequest> | 'known';
  readonly readsBody: boolean;
  readonly handler: GuardedHandler;
}

/**
 * A listener for `http.createServer` that lets requests through to their handlers.
 *
 * First the caller, then the body, then the decision, then the handler. With `routes` each route
 * says what it requires; with `requires` and `handler` all requests go to one handler, whatever
 * their method and path.
 *
 * @throws TypeError if an option is unknown or invalid, also of a route, or a route does not say
 *   what it requires and `unguarded` is `refuse`
 * @example
 * const view = { requires: requires('DESCRIBE', viewOf), handler };
 * createServer(guard(gate, { routes: { 'GET /views/:name': view } }));
 */
export function guard(
  gate: Gate<Vocabulary>,
  options: GuardOptions | OneRouteOptions,
): RequestListener {
  if (typeof gate?.authenticate !== 'function') throw new TypeError('gate must be a gate');
  assertKnown(options);
  const { maxBodyBytes = DEFAULT_MAX_BODY_BYTES, onError } = options;
  if (!(Number.isSafeInteger(maxBodyBytes) && maxBodyBytes >= 0)) {
    throw new TypeError('option maxBodyBytes must be a whole number');
  }
  const find = createFinder(gate, options);
  const watchAnswer = createAnswerWatch<IncomingMessage>(gate, options, (raw) =>
    operationOf(find, raw),
  );
  const server: GuardedServer = { gate, onError, maxBodyBytes, find, watchAnswer };
  return (request, response) => void answer(server, request, response);
}

function assertKnown(options: GuardOptions | OneRouteOptions): void {
  if (typeof options === 'object' && options !== null && 'routes' in options) {
    checkOptions<GuardOptions>(options, GUARD_OPTIONS, { 'one of `routes`': ROUTE });
    for (const [name, route] of Object.entries(options.routes)) {
      checkOptions<Record<string, GuardedRoute>>({ [name]: route }, { [name]: ROUTE });
    }
    return;
  }
  checkOptions<OneRouteOptions>(
    options,
    { ...ADAPTER_OPTIONS, ...STREAM_OPTIONS, ...ROUTE, maxBodyBytes: true },
    { 'a table of `routes`': GUARD_OPTIONS },
  );
}

interface GuardedServer {
  readonly gate: Gate<Vocabulary>;
  readonly onError: AdapterOptions['onError'];
  readonly maxBodyBytes: number;
  readonly find: (method: string, path: string) => RouteMatch<CompiledRoute> | undefined;
  readonly watchAnswer: (response: ServerResponse, raw: IncomingMessage) => void;
}

function createFinder(
  gate: Gate<Vocabulary>,
  options: Parameters<typeof guard>[1],
): GuardedServer['find'] {
  const checkUnguarded = createUnguardedCheck(options);
  const feastRuleOf = createEndpointRules(
    gate,
    'routes' in options ? options.feastEndpoints : undefined,
  );
  const compile = (name: string, route: GuardedRoute) =>
    compileRoute(name, route, gate.vocabulary, feastRuleOf, checkUnguarded);
  if (!('routes' in options)) {
    const route = compile('*', options);
    return (method) => ({ route, name: method, params: {} });
  }
  const compiled = Object.entries(options.routes).map(
    ([name, route]) => [name, compile(name, route)] as const,
  );
  const table = new RouteTable(Object.fromEntries(compiled));
  return (method, path) => table.find(method, path);
}

function compileRoute(
  name: string,
  { requires, handler, body }: GuardedRoute,
  vocabulary: Vocabulary | undefined,
  feastRuleOf: ReturnType<typeof createEndpointRules>,
  checkUnguarded: ReturnType<typeof createUnguardedCheck>,
): CompiledRoute {
  if (typeof handler !== 'function') throw new TypeError(`route ${name} has no handler`);
  if (body !== undefined && body !== 'json' && body !== 'raw') {
    throw new TypeError(`route ${name}: body must be \`json\` or \`raw\``);
  }
  const [method = '', path = ''] = name.split(' ');
  const rule = readRule<GuardedRequest>(requires, name, vocabulary) ?? feastRuleOf(method, path);
  if (rule === undefined && checkUnguarded(name) === 'refuse') {
    throw new TypeError(`route ${name} does not say what it requires`);
  }
  const needsBody = [rule ?? []].flat().some((one) => one !== 'public' && one.readsBody === true);
  return {
    rule: rule ?? 'known',
    readsBody: body === undefined ? needsBody : body === 'json',
    handler,
  };
}

async function answer(
  server: GuardedServer,
  raw: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { gate, onError } = server;
  try {
    const passed = await pass(server, raw);
    // The client has gone.
    if (response.destroyed) return;
    if (passed.request.caller !== undefined) server.watchAnswer(response, raw);
    await passed.handler(passed.request, response);
  } catch (error) {
    const operation = operationOf(server.find, raw);
    sendRefusal(response, await refusalOf(gate, error, onError, operation));
  }
}

function operationOf(
  find: GuardedServer['find'],
  { method = '', url = '' }: IncomingMessage,
): string {
  return find(method, url.split('?', 1)[0] ?? '')?.name ?? method;
}

async function pass(
  { gate, find, maxBodyBytes }: GuardedServer,
  raw: IncomingMessage,
): Promise<{ readonly handler: GuardedHandler; readonly request: GuardedRequest }> {
  const method = raw.method ?? '';
  const [path = '', ...search] = (raw.url ?? '').split('?');
  const match = find(method, path);
  const rule = match?.route.rule;
  const caller =
    rule === 'public' ? undefined : await authenticate(gate, authorizationOf(raw.rawHeaders));
  if (match === undefined) throw new ResourceNotFoundError('no route has this path');
  const { handler, readsBody } = match.route;
  const query = valuesByName(search.join('?'));
  const request: GuardedRequest = Object.freeze({
    method,
    path,
    params: match.params,
    query: firstValues(query),
    body: readsBody ? await readJsonBody(raw, maxBodyBytes) : undefined,
    subject: caller?.subject ?? null,
    caller: caller as Caller | undefined,
    raw,
    can: (actions: Actions<FeastVocabulary>, resource: ResourceOf<FeastVocabulary>) =>
      caller?.can(actions, resource) ?? false,
  });
  if (rule !== undefined && rule !== 'public' && rule !== 'known') {
    const { body, params } = request;
    const input = new RequestInput({ params, query, url: raw.url ?? '' }, raw.rawHeaders, body);
    await authorize(gate, caller, { rule, request, input, operation: match.name });
  }
  return { handler, request };
}

function valuesByName(search: string): Readonly<Record<string, readonly string[]>> {
  const values: Record<string, string[]> = Object.create(null);
  if (search === '') return values;
  // With a question mark of its own, which is the one that is dropped.
  for (const [name, value] of new URLSearchParams(`?${search}`)) {
    const earlier = values[name];
    if (earlier === undefined) values[name] = [value];
    else earlier.push(value);
  }
  return values;
}

// Of a name that comes twice, the handler must see the value that was decided on.
function firstValues(
  query: Readonly<Record<string, readonly string[]>>,
): Readonly<Record<string, string>> {
  const values: Record<string, string> = Object.create(null);
  for (const name in query) values[name] = query[name]?.[0] ?? '';
  return Object.freeze(values);
}
