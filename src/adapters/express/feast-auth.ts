import type { Request, RequestHandler, Response } from 'express';
import { checkOptions } from '../../foundation/options.js';
import type { Caller, Gate } from '../../gate/index.js';
import type { FeastVocabulary, Subject, Vocabulary } from '../../model/index.js';
import {
  ADAPTER_OPTIONS,
  type AdapterOptions,
  createUnguardedCheck,
} from '../support/adapter-options.js';
import { createAnswerWatch } from '../support/answer-watch.js';
import { authorizationOf } from '../support/authorization-of.js';
import { parsedBodyOf } from '../support/parsed-body.js';
import { authenticate, authorize } from '../support/pass-gate.js';
import { readPublicRoutes } from '../support/public-routes.js';
import { refusalOf } from '../support/refusal-of.js';
import { RequestInput } from '../support/request-input.js';
import type { RouteRequirement } from '../support/route-rule.js';
import { STREAM_OPTIONS, type StreamOptions } from '../support/stream-options.js';
import { operationOf } from './find-route.js';
import { isGuarded, watchRoute } from './route-watch.js';

/** What `feastAuth` puts on a request, as `feast`. */
export interface FeastRequest<V extends Vocabulary = FeastVocabulary>
  extends Pick<Caller<V>, 'can' | 'decide' | 'filter'> {
  /** Who asks; null for the anonymous one. */
  readonly subject: Subject | null;
}

declare global {
  namespace Express {
    interface Request {
      /** Who asks, and what they may do. Missing on public routes. */
      readonly feast?: FeastRequest;
    }
  }
}

/** Options of `feastAuth` for Express. */
export interface FeastAuthOptions extends AdapterOptions, StreamOptions {
  /**
   * Methods and paths that need no token, for example `GET /health`. Paths are compared as they are
   * written.
   */
  readonly publicRoutes?: readonly string[] | undefined;
}

interface RequestState {
  readonly gate: Gate<Vocabulary>;
  readonly onError: AdapterOptions['onError'];
  readonly caller: Caller<Vocabulary> | undefined;
}

/** By the request, so that no other middleware can put another caller in place. */
const states = new WeakMap<Request, RequestState>();

/**
 * The middleware that stands before all others: it asks who makes a request before its body is
 * read, and sees to it that no route runs that does not say what it requires.
 *
 * The first function of every route must be `requires(…)` or `feastEndpoint()`. A route where it is
 * not, and that is not among `publicRoutes`, ends in an error for Express's error handlers, before
 * any of its functions is called; `unguarded` can say otherwise. What is put in place with
 * `app.use` is not a route: it runs for everyone who is known.
 *
 * @throws TypeError if an option is unknown or invalid
 * @example
 * app.use(feastAuth(gate, { publicRoutes: ['GET /health'] }));
 * app.use(express.json());
 * app.get('/views/:name', requires('DESCRIBE', viewOf), handler);
 */
export function feastAuth(gate: Gate<Vocabulary>, options: FeastAuthOptions = {}): RequestHandler {
  if (typeof gate?.authenticate !== 'function') throw new TypeError('gate must be a gate');
  checkOptions<FeastAuthOptions>(options, {
    ...ADAPTER_OPTIONS,
    ...STREAM_OPTIONS,
    publicRoutes: true,
  });
  const checkUnguarded = createUnguardedCheck(options);
  const publicRoutes = readPublicRoutes(options.publicRoutes);
  const { onError } = options;
  const watchAnswer = createAnswerWatch<Request>(gate, options, operationOf);

  return async (request, response, next): Promise<void> => {
    const [path = ''] = request.originalUrl.split('?', 1);
    const isPublic = publicRoutes.has(`${request.method} ${path}`);
    let caller: Caller<Vocabulary> | undefined;
    try {
      // SECURITY: the second would take the place of the first, with other public routes and
      // another gate.
      if (states.has(request)) {
        throw new TypeError('feastAuth must be used only once for a request');
      }
      if (!isPublic) {
        caller = await authenticate(gate, authorizationOf(request.rawHeaders));
        Object.defineProperty(request, 'feast', { value: feastOf(caller), configurable: true });
      }
      states.set(request, { gate, onError, caller });
      if (caller !== undefined) watchAnswer(response, request);
      watchRoute(request, (route) => {
        const { method, baseUrl, path: pathNow } = request;
        if (isGuarded(route, method)) return;
        const name = `${method} ${baseUrl}${String(route.path)}`;
        // SECURITY: compared anew, as what was let in on a public route may have another method or
        // URL by now.
        if (publicRoutes.has(name) || publicRoutes.has(`${method} ${baseUrl}${pathNow}`)) return;
        if (!isPublic && checkUnguarded(name, route) === 'serve') return;
        throw new TypeError(
          `route ${name} does not say what it requires: begin it with requires()`,
        );
      });
    } catch (error) {
      await refuse(response, { gate, error, onError, operation: operationOf(request) });
      return;
    }
    // The client has gone: no body is left to read.
    if (!response.destroyed) next();
  };
}

/** Who makes a request, whatever the vocabulary of the gate. Undefined on public routes. */
export function callerOf<V extends Vocabulary = FeastVocabulary>(
  request: Request,
): Caller<V> | undefined {
  return states.get(request)?.caller as Caller<V> | undefined;
}

/** What stands first in a route: decides by `requirement` before the functions after it run. */
export function createGuard(
  requirementOf: (request: Request) => RouteRequirement<Request>,
): RequestHandler {
  const guard: RequestHandler = async (request, response, next): Promise<void> => {
    const state = states.get(request);
    const { method, baseUrl, rawHeaders } = request;
    const operation = `${method} ${baseUrl}${String(request.route?.path)}`;
    try {
      if (state === undefined) throw new TypeError('feastAuth must be used before requires');
      const rule = requirementOf(request);
      const body = rule.readsBody === true ? parsedBodyOf(request) : undefined;
      await authorize(state.gate, state.caller, {
        rule,
        request,
        input: new RequestInput(request, rawHeaders, body),
        operation,
      });
    } catch (error) {
      await refuse(response, { ...state, error, operation });
      return;
    }
    next();
  };
  return Object.assign(guard, { feastGuard: true });
}

function feastOf(caller: Caller<Vocabulary>): FeastRequest {
  const { subject } = caller;
  return Object.freeze({
    subject,
    can: (actions, resource) => caller.can(actions, resource),
    decide: (actions, resource) => caller.decide(actions, resource),
    filter: (actions, resources) => caller.filter(actions, resources),
  } satisfies FeastRequest);
}

async function refuse(
  response: Response,
  refused: Partial<RequestState> & { readonly error: unknown; readonly operation: string },
): Promise<void> {
  const { gate, error, onError, operation } = refused;
  const { status, headers, body } = await refusalOf(gate, error, onError, operation);
  if (response.headersSent || response.destroyed) return;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.statusCode = status;
  response.end(body);
}
