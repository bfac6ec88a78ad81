import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { Actions } from '../../engine/index.js';
import type { Caller, Gate } from '../../gate/index.js';
import type { FeastVocabulary, ResourceOf, Subject, Vocabulary } from '../../model/index.js';
import { type AdapterOptions, createUnguardedCheck } from '../support/adapter-options.js';
import { authorizationOf } from '../support/authorization-of.js';
import { createEndpointRules, type FeastEndpointsOption } from '../support/feast-endpoint.js';
import { authenticate, authorize } from '../support/pass-gate.js';
import { refusalOf } from '../support/refusal-of.js';
import { type RouteRule, readRule } from '../support/route-rule.js';

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

export interface FeastAuthOptions extends AdapterOptions {
  /** A gate of any vocabulary. */
  readonly gate: Gate<Vocabulary>;
  /** Guards routes at the paths of Feast's own endpoints by what Feast requires there. Default: false. */
  readonly feastEndpoints?: FeastEndpointsOption | undefined;
}

/** By the request, so that no other plugin can put another caller in place. */
const callers = new WeakMap<FastifyRequest, Caller<Vocabulary>>();

/** Who makes a request, for its handler: to ask more than the route's rule did. Undefined on public routes. */
export function callerOf<V extends Vocabulary = FeastVocabulary>(
  request: FastifyRequest,
): Caller<V> | undefined {
  return callers.get(request) as Caller<V> | undefined;
}

async function plugin(app: FastifyInstance, options: FeastAuthOptions): Promise<void> {
  const guard = new RouteGuard(app, options);
  app.decorateRequest('subject', {
    getter(this: FastifyRequest): Subject | null {
      return callerOf(this)?.subject ?? null;
    },
  } as never);
  app.decorateRequest('can', function (this: FastifyRequest, actions, resource): boolean {
    return callerOf(this)?.can(actions, resource) ?? false;
  });
  app.addHook('onRoute', (route) => guard.register(route));
  app.addHook('onRequest', (request, reply) => guard.authenticate(request, reply));
  app.addHook('preHandler', (request, reply) => guard.authorize(request, reply));
}

/**
 * Puts the gate before all routes of a Fastify app, or of the scope that it is registered in.
 *
 * The caller is asked for before the body is read (`onRequest`), and decided on before the handler runs (`preHandler`). A
 * route says what it requires in its `config`. A route without that stops the app at its start, unless `unguarded` says
 * otherwise; one that was added before this plugin was loaded is found out by the first request, and answered with 500.
 *
 * @throws TypeError when an option is wrong, or a route's rule
 * @example
 * await app.register(feastAuth, { gate });
 * app.get('/views/:name', { config: { requires: requires('DESCRIBE', viewOf) } }, handler);
 */
export const feastAuth: typeof plugin = Object.assign(plugin, {
  // What the package fastify-plugin sets: hooks and decorators belong to the scope where it is registered, not to one below.
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'feast-permissions',
  [Symbol.for('plugin-meta')]: { fastify: '5.x', name: 'feast-permissions' },
});

type GuardedRule = RouteRule<FastifyRequest> | 'refuse' | 'known';

class RouteGuard {
  readonly #gate: Gate<Vocabulary>;
  readonly #onError: AdapterOptions['onError'];
  readonly #feastRuleOf: ReturnType<typeof createEndpointRules>;
  readonly #checkUnguarded: ReturnType<typeof createUnguardedCheck>;
  /** By the configuration that Fastify makes for each route. */
  readonly #rules = new WeakMap<object, GuardedRule>();

  constructor(app: FastifyInstance, options: FeastAuthOptions) {
    const { gate, feastEndpoints } = options;
    if (typeof gate?.authenticate !== 'function') throw new TypeError('option gate must be a gate');
    this.#gate = gate;
    this.#onError = options.onError;
    this.#feastRuleOf = createEndpointRules(gate, feastEndpoints);
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

  async authenticate(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    try {
      if (this.#ruleOf(request) === 'public') return undefined;
      const authorization = authorizationOf(request.raw.rawHeaders);
      callers.set(request, await authenticate(this.#gate, authorization));
      return undefined;
    } catch (error) {
      return this.#refuse(error, reply);
    }
  }

  async authorize(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    try {
      const rule = this.#ruleOf(request);
      if (rule === 'public' || rule === 'known') return undefined;
      const operation = nameOf(request.method, request.routeOptions.url);
      if (rule === 'refuse')
        throw new TypeError(`route ${operation} does not say what it requires`);
      const { body, params, url } = request;
      const input = { body, params, url };
      await authorize(this.#gate, callers.get(request), { rule, request, input, operation });
      return undefined;
    } catch (error) {
      return this.#refuse(error, reply);
    }
  }

  async #refuse(error: unknown, reply: FastifyReply): Promise<FastifyReply> {
    const onError =
      this.#onError ?? ((err) => reply.log.error({ err }, 'a request could not be decided on'));
    const { status, headers, body } = await refusalOf(this.#gate, error, onError);
    return reply.code(status).headers(headers).send(body);
  }

  #ruleOf(request: FastifyRequest): GuardedRule {
    // Nothing is served there; who asks must be known to learn even that.
    if (request.is404) return 'known';
    const { config, method, url } = request.routeOptions;
    let rule = this.#rules.get(config);
    if (rule === undefined) {
      rule = this.#ruleFor(config.requires, method, url);
      this.#rules.set(config, rule);
    }
    return rule;
  }

  #ruleFor(
    value: unknown,
    method: string | readonly string[] | undefined,
    url: string | undefined,
  ): GuardedRule {
    const route = nameOf(method, url);
    const rule = readRule<FastifyRequest>(value, route) ?? this.#feastRuleOf(method, url);
    if (rule !== undefined) return rule;
    return this.#checkUnguarded(route) === 'refuse' ? 'refuse' : 'known';
  }
}

function nameOf(method: string | readonly string[] | undefined, url: string | undefined): string {
  return `${[method ?? []].flat().join(',')} ${url ?? ''}`;
}
