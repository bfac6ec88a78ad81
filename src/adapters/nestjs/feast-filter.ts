import type { ServerResponse } from 'node:http';
import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { checkOptions } from '../../foundation/options.js';
import type { Gate } from '../../gate/index.js';
import { AuthzError, type Vocabulary } from '../../model/index.js';
import { ADAPTER_OPTIONS, type AdapterOptions } from '../support/adapter-options.js';
import { refusalOf } from '../support/refusal-of.js';
import { sendRefusal } from '../support/send-refusal.js';
import { operationOf } from './route-rules.js';

/**
 * The exception filter that answers what handlers throw of this package, as `caller.assert(…)`
 * does, in the way of the gate. For `app.useGlobalFilters`, or as the value of `APP_FILTER`. The
 * guard's own refusals need no filter. What does not come by HTTP is thrown on, as it is.
 *
 * @throws TypeError if an option is unknown, or `gate` is not a gate
 */
export function createFeastFilter(
  gate: Gate<Vocabulary>,
  options: Pick<AdapterOptions, 'onError'> = {},
): ExceptionFilter<AuthzError> {
  if (typeof gate?.refuse !== 'function') throw new TypeError('gate must be a gate');
  checkOptions<Pick<AdapterOptions, 'onError'>>(
    options,
    { onError: true },
    { createFeastGuard: ADAPTER_OPTIONS },
  );
  return new FeastFilter(gate, options.onError);
}

class FeastFilter implements ExceptionFilter<AuthzError> {
  readonly #gate: Gate<Vocabulary>;
  readonly #onError: AdapterOptions['onError'];

  constructor(gate: Gate<Vocabulary>, onError: AdapterOptions['onError']) {
    this.#gate = gate;
    this.#onError = onError;
  }

  catch(error: AuthzError, host: ArgumentsHost): Promise<void> {
    // Not as a rejection: Nest waits for no filter, and one that rejects ends the process.
    if (host.getType() !== 'http') throw error;
    const http = host.switchToHttp();
    return this.#answer(error, operationOf(http.getRequest()), http.getResponse());
  }

  async #answer(error: AuthzError, operation: string, response: ServerResponse): Promise<void> {
    sendRefusal(response, await refusalOf(this.#gate, error, this.#onError, operation));
  }
}

// What the decorator `@Catch(AuthzError)` does.
Catch(AuthzError)(FeastFilter);
