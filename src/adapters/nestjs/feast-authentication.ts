import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkOptions, type OptionNames } from '../../foundation/options.js';
import type { Caller, Gate } from '../../gate/index.js';
import type { FeastVocabulary, Vocabulary } from '../../model/index.js';
import { operationOf } from '../express/find-route.js';
import { ADAPTER_OPTIONS, type AdapterOptions } from '../support/adapter-options.js';
import { createAnswerWatch } from '../support/answer-watch.js';
import { authorizationOf } from '../support/authorization-of.js';
import { authenticate } from '../support/pass-gate.js';
import { readPublicRoutes } from '../support/public-routes.js';
import { refusalOf } from '../support/refusal-of.js';
import { STREAM_OPTIONS, type StreamOptions } from '../support/stream-options.js';

/** Options of `feastAuthentication` for NestJS. */
export interface FeastAuthenticationOptions extends Pick<AdapterOptions, 'onError'>, StreamOptions {
  /**
   * Methods and paths that need no token, for example `GET /health`. Paths are compared as they are
   * written. Their handlers must be `@Public()` too.
   */
  readonly publicRoutes?: readonly string[] | undefined;
}

export const AUTHENTICATION_OPTIONS: OptionNames<FeastAuthenticationOptions> = {
  ...STREAM_OPTIONS,
  publicRoutes: true,
  onError: true,
};

/** Middleware as Express takes it. */
export type FeastAuthentication = (
  request: IncomingMessage,
  response: ServerResponse,
  next: () => void,
) => Promise<void>;

interface Authenticated {
  readonly gate: Gate<Vocabulary>;
  readonly caller: Caller<Vocabulary> | undefined;
}

/** By the request, so that nothing else can put another caller in place. */
const authenticated = new WeakMap<object, Authenticated>();

/**
 * What is known of a request since it was let in; undefined: it did not come through
 * {@link feastAuthentication}.
 */
export function authenticatedOf(request: object): Authenticated | undefined {
  return authenticated.get(request);
}

/** Who makes a request, for what its handler asks beyond its rule. Undefined on public routes. */
export function callerOf<V extends Vocabulary = FeastVocabulary>(
  request: object,
): Caller<V> | undefined {
  return authenticated.get(request)?.caller as Caller<V> | undefined;
}

/**
 * The middleware that stands before all others: it asks who makes a request before its body is
 * read.
 *
 * Give it to `app.use` before the app is initialized: Nest adds its body parsers then, and they
 * come after it. Where the body was read already, the request is answered with 500. What a route
 * requires is for the guard of `createFeastGuard` to ask.
 *
 * @throws TypeError if an option is unknown or invalid
 * @example
 * const app = await NestFactory.create(AppModule);
 * app.use(feastAuthentication(gate, { publicRoutes: ['GET /health'] }));
 * app.useGlobalGuards(createFeastGuard(gate));
 */
export function feastAuthentication(
  gate: Gate<Vocabulary>,
  options: FeastAuthenticationOptions = {},
): FeastAuthentication {
  if (typeof gate?.authenticate !== 'function') throw new TypeError('gate must be a gate');
  checkOptions<FeastAuthenticationOptions>(options, AUTHENTICATION_OPTIONS, {
    createFeastGuard: ADAPTER_OPTIONS,
  });
  const { onError } = options;
  if (onError !== undefined && typeof onError !== 'function') {
    throw new TypeError('option onError must be a function');
  }
  const watchAnswer = createAnswerWatch(gate, options, nameOf);
  const publicRoutes = readPublicRoutes(options.publicRoutes);

  return async (request, response, next) => {
    try {
      if (request.readableDidRead) {
        throw new TypeError('feastAuthentication must come before body parsers');
      }
      // SECURITY: the second would take the place of the first, with other public routes.
      if (authenticated.has(request)) {
        throw new TypeError('feastAuthentication must be used only once for a request');
      }
      const isPublic = publicRoutes.has(routeOf(request));
      const caller = isPublic
        ? undefined
        : await authenticate(gate, authorizationOf(request.rawHeaders));
      authenticated.set(request, { gate, caller });
      if (caller !== undefined) watchAnswer(response, request);
    } catch (error) {
      const { status, headers, body } = await refusalOf(gate, error, onError, nameOf(request));
      if (response.headersSent || response.destroyed) return;
      response.writeHead(status, { ...headers }).end(body);
      return;
    }
    // The client has gone: no body is left to read.
    if (!response.destroyed) next();
  };
}

function nameOf(request: IncomingMessage): string {
  return operationOf(request as unknown as Parameters<typeof operationOf>[0]);
}

function routeOf(request: IncomingMessage & { readonly originalUrl?: string }): string {
  const [path = ''] = (request.originalUrl ?? request.url ?? '').split('?', 1);
  return `${request.method} ${path}`;
}
