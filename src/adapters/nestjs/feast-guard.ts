import type { IncomingMessage, ServerResponse } from 'node:http';
import { type CanActivate, type ExecutionContext, HttpException } from '@nestjs/common';
import { checkOptions } from '../../foundation/options.js';
import type { Gate } from '../../gate/index.js';
import { RequestInvalidError, type Vocabulary } from '../../model/index.js';
import {
  ADAPTER_OPTIONS,
  type AdapterOptions,
  createUnguardedCheck,
  type UnguardedCheck,
} from '../support/adapter-options.js';
import { parsedBodyOf } from '../support/parsed-body.js';
import { authorize } from '../support/pass-gate.js';
import { refusalOf } from '../support/refusal-of.js';
import { RequestInput } from '../support/request-input.js';
import type { FeastHttpRequest } from './decorator-types.js';
import { AUTHENTICATION_OPTIONS, authenticatedOf } from './feast-authentication.js';
import { operationOf, rulesOf } from './route-rules.js';

/**
 * The guard that decides before any handler runs: for `app.useGlobalGuards`, or as the value of
 * `APP_GUARD`.
 *
 * A handler says what it requires with `@Requires`, `@FeastEndpoint` or `@Public`. One that does
 * not is answered with 500, unless `unguarded` says otherwise. So is every request that did not
 * come through `feastAuthentication` with the same gate.
 *
 * A refusal is thrown as a HttpException of the status and the problem details that the gate gives,
 * with its headers set.
 *
 * @throws TypeError if an option is unknown or invalid
 * @example
 * app.use(feastAuthentication(gate));
 * app.useGlobalGuards(createFeastGuard(gate));
 */
export function createFeastGuard(
  gate: Gate<Vocabulary>,
  options: AdapterOptions = {},
): CanActivate {
  if (typeof gate?.authorize !== 'function') throw new TypeError('gate must be a gate');
  checkOptions<AdapterOptions>(options, ADAPTER_OPTIONS, {
    feastAuthentication: AUTHENTICATION_OPTIONS,
  });
  return new FeastGuard(gate, options);
}

class FeastGuard implements CanActivate {
  readonly #gate: Gate<Vocabulary>;
  readonly #onError: AdapterOptions['onError'];
  readonly #checkUnguarded: UnguardedCheck;

  constructor(gate: Gate<Vocabulary>, options: AdapterOptions) {
    this.#gate = gate;
    this.#onError = options.onError;
    this.#checkUnguarded = createUnguardedCheck(options);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    try {
      await this.#authorize(context);
      return true;
    } catch (error) {
      const { status, headers, body } = await refusalOf(
        this.#gate,
        error,
        this.#onError,
        operationIn(context),
      );
      if (context.getType() === 'http') {
        const response = context.switchToHttp().getResponse<ServerResponse>();
        for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      }
      throw new HttpException(readProblem(body), status);
    }
  }

  async #authorize(context: ExecutionContext): Promise<void> {
    if (context.getType() !== 'http') throw new TypeError('the guard is for HTTP only');
    const request = context
      .switchToHttp()
      .getRequest<FeastHttpRequest & Pick<IncomingMessage, 'rawHeaders'>>();
    const known = authenticatedOf(request);
    if (known?.gate !== this.#gate) {
      throw new TypeError('feastAuthentication must be used before the guard, with the same gate');
    }
    const { url, rawHeaders } = request;
    const operation = operationOf(request);
    const handler = context.getHandler();
    const rules = rulesOf(handler, context.getClass());
    if (rules === 'public') return;
    // No path makes a handler public that does not say so itself.
    if (known.caller === undefined) throw new TypeError(`route ${operation} is not @Public()`);
    if (rules === undefined) {
      if (this.#checkUnguarded(operation, handler) === 'serve') return;
      throw new TypeError(`route ${operation} does not say what it requires: add @Requires()`);
    }
    // SECURITY: Express has none in the query that handlers see, and a rule must not see another
    // query.
    if (url.includes('#'))
      throw new RequestInvalidError('the URL of a request must not have a fragment');
    const rule = rules.map((requirementOf) => requirementOf(request));
    const body = rule.some((one) => one.readsBody) ? parsedBodyOf(request) : undefined;
    await authorize<FeastHttpRequest>(this.#gate, known.caller, {
      rule,
      request,
      input: new RequestInput(request, rawHeaders, body),
      operation,
    });
  }
}

function operationIn(context: ExecutionContext): string | undefined {
  return context.getType() === 'http'
    ? operationOf(context.switchToHttp().getRequest<FeastHttpRequest>())
    : undefined;
}

/** Nest takes an object, and writes it as it was. */
function readProblem(body: string): Record<string, unknown> {
  try {
    const problem: unknown = JSON.parse(body);
    if (typeof problem === 'object' && problem !== null) return { ...problem };
  } catch {
    // A gate of another make may answer with something else.
  }
  return { title: 'Refused' };
}
