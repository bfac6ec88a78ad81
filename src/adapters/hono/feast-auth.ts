import type { Context, MiddlewareHandler } from 'hono';
import { matchedRoutes, routePath } from 'hono/route';
import { checkOptions } from '../../foundation/options.js';
import type { AuthorizationHeader, Caller, Gate } from '../../gate/index.js';
import { type FeastVocabulary, RequestInvalidError, type Vocabulary } from '../../model/index.js';
import {
  ADAPTER_OPTIONS,
  type AdapterOptions,
  createUnguardedCheck,
  type UnguardedCheck,
} from '../support/adapter-options.js';
import { createAnswerWatch, nodeResponseOf } from '../support/answer-watch.js';
import { authenticate, authorize } from '../support/pass-gate.js';
import { readPublicRoutes } from '../support/public-routes.js';
import { refusalOf } from '../support/refusal-of.js';
import type { RouteRequirement, RuleInput } from '../support/route-rule.js';
import { STREAM_OPTIONS, type StreamOptions } from '../support/stream-options.js';
import { readJsonBody } from './read-json.js';
import { findUnguarded, isGuard, markGuard, operationAmong, routesAfter } from './route-check.js';

declare module 'hono' {
  interface ContextVariableMap {
    /** Who asks, and what they may do. Undefined on public routes. */
    feast: Caller | undefined;
  }
}

/** Options of `feastAuth` for Hono. */
export interface FeastAuthOptions extends AdapterOptions, StreamOptions {
  /**
   * Methods and paths that need no token, for example `GET /health`. Paths are compared as they are
   * written.
   */
  readonly publicRoutes?: readonly string[] | undefined;
  /** The longest body that is read to decide on it, in bytes. Default: 1 MiB. */
  readonly maxBodyBytes?: number | undefined;
}

const DEFAULT_MAX_BODY_BYTES = 1_048_576;
/** A fragment counts as a part of the path: a router that takes it for one leads elsewhere. */
const PATH = /^[^:]+:\/\/[^/?#]*([^?]*)/;

interface RequestState {
  readonly gate: Gate<Vocabulary>;
  readonly onError: AdapterOptions['onError'];
  readonly caller: Caller<Vocabulary> | undefined;
  readonly maxBodyBytes: number;
  /** The body's JSON, once somebody has asked for it. */
  json?: Promise<unknown>;
}

/** By the context of the request, so that no other middleware can put another caller in place. */
const states = new WeakMap<Context, RequestState>();

/**
 * The middleware that stands before all others: it asks who makes a request before its body is
 * read, and sees to it that no route runs that does not say what it requires.
 *
 * The first function of every route must be `requires(…)` or `feastEndpoint()`, or one of these
 * must stand before it under a path that ends in `*`. A route where that is not so, and that is not
 * among `publicRoutes`, is answered with 500 before any of its functions is called; `unguarded` can
 * say otherwise. Where nothing is guarded, nothing is served: the app's `notFound` answers.
 *
 * @throws TypeError if an option is unknown or invalid
 * @example
 * app.use(feastAuth(gate, { publicRoutes: ['GET /health'] }));
 * app.get('/views/:name', requires('DESCRIBE', viewOf), handler);
 */
export function feastAuth(
  gate: Gate<Vocabulary>,
  options: FeastAuthOptions = {},
): MiddlewareHandler {
  if (typeof gate?.authenticate !== 'function') throw new TypeError('gate must be a gate');
  checkOptions<FeastAuthOptions>(options, {
    ...ADAPTER_OPTIONS,
    ...STREAM_OPTIONS,
    publicRoutes: true,
    maxBodyBytes: true,
  });
  const checkUnguarded = createUnguardedCheck(options);
  const publicRoutes = readPublicRoutes(options.publicRoutes);
  const { onError, unguarded = 'refuse', maxBodyBytes = DEFAULT_MAX_BODY_BYTES } = options;
  if (!(Number.isSafeInteger(maxBodyBytes) && maxBodyBytes >= 0)) {
    throw new TypeError('option maxBodyBytes must be a whole number');
  }
  const watchAnswer = createAnswerWatch<Context>(gate, options, (context) =>
    operationAmong(routesAfter(middleware, matchedRoutes(context)), context.req.method),
  );

  const middleware: MiddlewareHandler = async (context, next) => {
    const { method, url, path: routed } = context.req;
    const sent = PATH.exec(url)?.[1];
    const isPublic = publicRoutes.has(`${method} ${sent}`);
    // SECURITY: the app's option `getPath` may lead a request on a public route to another one.
    const isPublicRoute = isPublic && (routed === sent || publicRoutes.has(`${method} ${routed}`));
    const routes = routesAfter(middleware, matchedRoutes(context));
    try {
      // SECURITY: the second would take the place of the first, with other public routes and
      // another gate.
      if (states.has(context)) {
        throw new TypeError('feastAuth must be used only once for a request');
      }
      const caller = isPublic ? undefined : await authenticate(gate, authorizationOf(context));
      states.set(context, { gate, onError, caller, maxBodyBytes });
      if (caller !== undefined) watchAnswer(nodeResponseOf(context.env), context);
      context.set('feast', caller as Caller | undefined);
      const found = isPublicRoute ? undefined : findUnguarded(routes);
      if (found !== undefined) {
        assertServed(`${found.method} ${found.path}`, isPublic ? () => 'refuse' : checkUnguarded);
      }
    } catch (error) {
      return refuse(gate, error, onError, operationAmong(routes, method));
    }
    if (!isPublic && unguarded === 'refuse' && !routes.some(isGuard)) return context.notFound();
    await next();
    return;
  };
  return middleware;
}

function assertServed(route: string, checkUnguarded: UnguardedCheck): void {
  if (checkUnguarded(route) === 'serve') return;
  throw new TypeError(`route ${route} does not say what it requires: begin it with requires()`);
}

/** Who makes a request, whatever the vocabulary of the gate. Undefined on public routes. */
export function callerOf<V extends Vocabulary = FeastVocabulary>(
  context: Context,
): Caller<V> | undefined {
  return states.get(context)?.caller as Caller<V> | undefined;
}

/**
 * The body of a request, as JSON, for a function of `requires`. The handler can read the body after
 * it.
 *
 * @returns rejects with RequestInvalidError when it is longer than `maxBodyBytes`, or not UTF-8
 *   JSON; undefined without a body
 * @example
 * requires('READ_ONLINE', async (context) => viewsNamed(await readJson(context)));
 */
export async function readJson(context: Context): Promise<unknown> {
  const state = states.get(context);
  if (state === undefined) throw new TypeError('feastAuth must be used before readJson');
  state.json ??= readJsonBody(context, state.maxBodyBytes);
  return state.json;
}

/** What stands first in a route: decides by `requirement` before the functions after it run. */
export function createGuard(
  requirementOf: (context: Context) => RouteRequirement<Context>,
): MiddlewareHandler {
  return markGuard<MiddlewareHandler>(async (context, next) => {
    const state = states.get(context);
    try {
      if (state === undefined) throw new TypeError('feastAuth must be used before requires');
      const rule = requirementOf(context);
      const { method, url } = context.req;
      // SECURITY: frameworks and handlers differ in what a query ends with.
      if (url.includes('#'))
        throw new RequestInvalidError('the URL of a request must not have a fragment');
      const body = rule.readsBody === true ? await readJson(context) : undefined;
      await authorize(state.gate, state.caller, {
        rule,
        request: context,
        input: new ContextInput(context, body),
        operation: `${method} ${routePath(context)}`,
      });
    } catch (error) {
      const operation = `${context.req.method} ${routePath(context)}`;
      return refuse(state?.gate, error, state?.onError, operation);
    }
    await next();
    return;
  });
}

/** What rules read of a request, worked out when they ask. */
class ContextInput implements RuleInput {
  readonly body: unknown;
  readonly #context: Context;

  constructor(context: Context, body: unknown) {
    this.body = body;
    this.#context = context;
  }

  get params(): unknown {
    return this.#context.req.param();
  }

  get query(): unknown {
    return this.#context.req.queries();
  }

  get url(): string {
    return this.#context.req.url;
  }

  /** Several are joined with commas, which no type has in it. */
  get contentType(): string | undefined {
    return this.#context.req.header('content-type');
  }
}

/**
 * All values of the `Authorization` header. The Fetch standard joins them with commas, which no
 * token has in it.
 */
function authorizationOf({ req }: Context): AuthorizationHeader {
  const header = req.raw.headers.get('authorization');
  return header?.includes(',') ? header.split(',') : (header ?? undefined);
}

async function refuse(
  gate: Gate<Vocabulary> | undefined,
  error: unknown,
  onError: AdapterOptions['onError'],
  operation: string,
): Promise<Response> {
  const { status, headers, body } = await refusalOf(gate, error, onError, operation);
  return new Response(body, { status, headers: { ...headers } });
}
