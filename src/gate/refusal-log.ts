import { notify } from '../foundation/notify.js';
import { AuthzError, responseStatusOf } from '../model/index.js';
import type { AuthorizationHeader, GateRefusal } from './gate.js';
import type { Telemetry } from './telemetry.js';
import { readTokenHints, type TokenHints } from './token-hints.js';

/** Statuses of requests that are refused before anything is decided on. */
const REFUSED_UNDECIDED: ReadonlySet<number> = new Set([401, 415, 422, 503]);

/** Who hears of refusals. */
export interface RefusalLogOptions {
  readonly onRefusal: ((refusal: GateRefusal) => unknown) | undefined;
  readonly telemetry: Pick<Telemetry, 'countRefusal' | 'refused'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Tells of requests that are refused before anything is decided on, once of each. Nothing in it
 * throws.
 */
export class RefusalLog {
  readonly #options: RefusalLogOptions;
  /** Of errors that are on their way to be answered. */
  readonly #hints = new WeakMap<AuthzError, TokenHints>();
  readonly #told = new WeakSet<AuthzError>();

  constructor(options: RefusalLogOptions) {
    this.#options = options;
  }

  /**
   * Keeps what the token says of itself until the error is answered, where there is anyone to tell.
   */
  keep(error: unknown, authorization: AuthorizationHeader): void {
    if (this.#options.onRefusal !== undefined && error instanceof AuthzError) {
      this.#hints.set(error, readTokenHints(authorization));
    }
  }

  /** A check has thrown the error: it is not told again when it is answered. */
  tellCheck(error: unknown, operation: string | undefined): void {
    if (this.#tell(error, operation)) this.#told.add(error);
  }

  /** The error is answered. */
  tellAnswer(error: unknown, operation: string | undefined): void {
    try {
      if (error instanceof AuthzError && this.#told.delete(error)) return;
      if (this.#tell(error, operation)) this.#options.telemetry.refused(error);
    } catch {
      // The members of an error may throw.
    }
  }

  /** @returns whether the error is a refusal before any decision */
  #tell(error: unknown, operation: string | undefined): error is AuthzError {
    if (!(error instanceof AuthzError)) return false;
    const { code, message } = error;
    if (!REFUSED_UNDECIDED.has(responseStatusOf(error).http)) return false;
    const { onRefusal, telemetry, now } = this.#options;
    telemetry.countRefusal(error);
    if (onRefusal === undefined) return true;
    const { kid, iss } = this.#hints.get(error) ?? {};
    notify(onRefusal, { code, rule: message, operation, time: now(), kid, iss });
    return true;
  }
}
