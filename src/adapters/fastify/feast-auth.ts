import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { Actions } from '../../engine/index.js';
import { isPromiseLike, type MaybePromise, whenKnown } from '../../foundation/maybe-promise.js';
import { checkOptions } from '../../foundation/options.js';
import type { Caller, Gate } from '../../gate/index.js';
import type { FeastVocabulary, ResourceOf, Subject, Vocabulary } from '../../model/index.js';
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
import { STREAM_OPTIONS, type StreamOptions } from '../support/stream-options.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the route requires of its callers. */
    readonly requires?: RouteRule<FastifyRequest> | undefined;
  }
  interface FastifyRequest {
    /** Who asks; null for the anonymous one, and on public routes. */
    readonly subject: Subject | null;
    /** Whether who asks may do all of `actions` to `resource`; false on public routes. */
    can(actions: Actions<FeastVocabulary>, resource: ResourceOf<FeastVocabulary>): boolean;
  }
}

/** Options of the Fastify plugin `feastAuth`. */
export interface FeastAuthOptions extends AdapterOptions, StreamOptions {
  /** A gate of any vocabulary. */
  readonly gate: Gate<Vocabulary>;
  /**
   * Guards routes at the paths of Feast's own endpoints by what Feast requires there. Default:
   * false.
   */
  readonly feastEndpoints?: FeastEndpointsOption | undefined;
}

/**
 * Fastify takes these of every plugin, and gives them no effect on one that guards the scope around
 * it.
 */
const SCOPE_OPTIONS = { prefix: true, logLevel: true, logSerializers: true };

/**
 * Where the caller is kept on a request. No other plugin has the symbol. A `WeakMap` with an entry
 * for each request costs the garbage collector more than all the rest of the gate.
 */
const CALLER: unique symbol = Symbol('caller');
type CalledRequest = FastifyRequest & { [CALLER]?: Caller<Vocabulary> };

/**
 * Who makes a request, for its handler: to ask more than the route's rule did. Undefined on public
 * routes.
 */
export function callerOf<V extends Vocabulary = FeastVocabulary>(
  request: FastifyRequest,
): Caller<V> | undefined {
  return (request as CalledRequest)[CALLER] as Caller<V> | undefined;
}

async function plugin(app: FastifyInstance, options: FeastAuthOptions): Promise<void> {
  // SECURITY: the second would put its own caller in the place of the one that the first decides
  // about.
  if (app.hasRequestDecorator(CALLER)) throw secondGate();
  checkOptions<FeastAuthOptions>(
    options,
    { ...ADAPTER_OPTIONS, ...STREAM_OPTIONS, gate: true, feastEndpoints: true },
    { 'the scope that the plugin is registered in': SCOPE_OPTIONS },
  );
  const guard = new RouteGuard(app, options);
  app.decorateRequest(CALLER, undefined);
  app.decorateRequest('subject', {
    getter(this: FastifyRequest): Subject | null {
      return callerOf(this)?.subject ?? null;
    },
  } as never);
  app.decorateRequest('can', function (this: FastifyRequest, actions, resource): boolean {
    return callerOf(this)?.can(actions, resource) ?? false;
  });
  app.addHook('onRoute', (route) => guard.register(route));
  app.addHook('onRequest', (request, reply, done) => guard.authenticate(request, reply, done));
  app.addHook('preHandler', (request, reply, done) => guard.authorize(request, reply, done));
}

/**
 * Puts the gate before all routes of a Fastify app, or of the scope that it is registered in.
 *
 * The caller is asked for before the body is read (`onRequest`), and decided on before the handler
 * runs (`preHandler`). A route says what it requires in its `config`. A route without that stops
 * the app at its start, unless `unguarded` says otherwise; one that was added before this plugin
 * was loaded is found out by the first request, and answered with 500.
 *
 * @throws TypeError if an option is unknown or invalid, a route's rule is wrong, or the scope has a
 *   gate already
 * @example
 * await app.register(feastAuth, { gate });
 * app.get('/views/:name', { config: { requires: requires('DESCRIBE', viewOf) } }, handler);
 */
export const feastAuth: typeof plugin = Object.assign(plugin, {
  // What the package fastify-plugin sets: hooks and decorators belong to the scope where it is
  // registered, not to one below.
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'feast-permissions',
  [Symbol.for('plugin-meta')]: { fastify: '5.x', name: 'feast-permissions' },
});

type GuardedRule = RouteRule<FastifyRequest> | 'refuse' | 'known';

interface GuardedRoute {
  readonly rule: GuardedRule;
  /** For the log of decisions. */
  readonly operation: string;
}

const NOT_FOUND: GuardedRoute = { rule: 'known', operation: '' };

class RouteGuard {
  readonly #gate: Gate<Vocabulary>;
  readonly #onError: AdapterOptions['onError'];
  readonly #feastRuleOf: ReturnType<typeof createEndpointRules>;
  readonly #checkUnguarded: ReturnType<typeof createUnguardedCheck>;
  readonly #watchAnswer: ReturnType<typeof createAnswerWatch<FastifyRequest>>;
  /** By the configuration that Fastify makes for each route. */
  readonly #routes = new WeakMap<object, GuardedRoute>();

  constructor(app: FastifyInstance, options: FeastAuthOptions) {
    const { gate, feastEndpoints } = options;
    if (typeof gate?.authenticate !== 'function') throw new TypeError('option gate must be a gate');
    this.#gate = gate;
    this.#onError = options.onError;
    this.#feastRuleOf = createEndpointRules(gate, feastEndpoints);
    this.#watchAnswer = createAnswerWatch(gate, options, operationOf);
    this.#checkUnguarded = createUnguardedCheck(options, (route) =>
      app.log.warn(`route ${route} does not say what it requires`),
    );
  }

  register({ method, url, config }: RouteOptions): void {
    const route = nameOf(method, url);
    if (this.#ruleFor(config?.requires, method, url) === 'refuse') {
      throw new TypeError(`route ${route} does not say what it requires: set its config.requires`);
    }
  }

  /**
   * Goes on at once when no request is needed, so that a body that is already there is read
   * directly.
   */
  authenticate(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
    this.#step(request, reply, done, () => {
      if (this.#routeOf(request).rule === 'public') return undefined;
      const found = authenticate(this.#gate, authorizationOf(request.raw.rawHeaders));
      return whenKnown(found, (caller) => {
        // Fastify adds hooks of a scope to the scopes below it that are there already.
        if ((request as CalledRequest)[CALLER] !== undefined) throw secondGate();
        (request as CalledRequest)[CALLER] = caller;
        this.#watchAnswer(reply.raw, request);
      });
    });
  }

  authorize(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
    this.#step(request, reply, done, () => {
      const { rule, operation } = this.#routeOf(request);
      if (rule === 'public' || rule === 'known') return undefined;
      if (rule === 'refuse')
        throw new TypeError(`route ${operation} does not say what it requires`);
      const input = new RequestInput(request, request.raw.rawHeaders, request.body);
      const caller = (request as CalledRequest)[CALLER];
      return authorize(this.#gate, caller, { rule, request, input, operation });
    });
  }

  /**
   * Takes one step and goes on to the next, or refuses. Errors of later steps do not belong to the
   * gate.
   */
  #step(
    request: FastifyRequest,
    reply: FastifyReply,
    done: () => void,
    take: () => MaybePromise<void>,
  ): void {
    const refuse = (error: unknown): void => void this.#refuse(error, request, reply);
    let taken: MaybePromise<void>;
    try {
      taken = take();
    } catch (error) {
      refuse(error);
      return;
    }
    if (isPromiseLike(taken)) taken.then(done, refuse);
    else done();
  }

  async #refuse(
    error: unknown,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const onError =
      this.#onError ?? ((err) => reply.log.error({ err }, 'a request could not be decided on'));
    const { status, headers, body } = await refusalOf(
      this.#gate,
      error,
      onError,
      operationOf(request),
    );
    return reply.code(status).headers(headers).send(body);
  }

  #routeOf(request: FastifyRequest): GuardedRoute {
    // Nothing is served there; who asks must be known to learn even that.
    if (request.is404) return NOT_FOUND;
    const { config, method, url } = request.routeOptions;
    let route = this.#routes.get(config);
    if (route === undefined) {
      route = {
        rule: this.#ruleFor(config.requires, method, url),
        operation: nameOf(request.method, url),
      };
      this.#routes.set(config, route);
    }
    return route;
  }

  #ruleFor(
    value: unknown,
    method: string | readonly string[] | undefined,
    url: string | undefined,
  ): GuardedRule {
    const route = nameOf(method, url);
    const own = readRule<FastifyRequest>(value, route, this.#gate.vocabulary);
    const rule = own ?? this.#feastRuleOf(method, url);
    if (rule !== undefined) return rule;
    return this.#checkUnguarded(route) === 'refuse' ? 'refuse' : 'known';
  }
}

function secondGate(): TypeError {
  return new TypeError('feastAuth must be used only once for a request');
}

function operationOf({ method, routeOptions, is404 }: FastifyRequest): string {
  return is404 ? method : nameOf(method, routeOptions.url);
}

function nameOf(method: string | readonly string[] | undefined, url: string | undefined): string {
  return `${[method ?? []].flat().join(',')} ${url ?? ''}`;
}
