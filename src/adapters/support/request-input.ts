import { headerValues } from './header-values.js';
import type { RuleInput } from './route-rule.js';

/** What is read of a request of a framework on Node.js. */
export type ReadRequest = Pick<RuleInput, 'params' | 'query' | 'url'>;

/**
 * What rules read of a request. Nothing of it is worked out before a rule asks: most rules do not.
 */
export class RequestInput implements RuleInput {
  readonly body: unknown;
  readonly #request: ReadRequest;
  readonly #rawHeaders: readonly string[];

  /** @param rawHeaders names and values in turn, as in `IncomingMessage.rawHeaders` */
  constructor(request: ReadRequest, rawHeaders: readonly string[], body: unknown) {
    this.body = body;
    this.#request = request;
    this.#rawHeaders = rawHeaders;
  }

  get params(): unknown {
    return this.#request.params;
  }

  get query(): unknown {
    return this.#request.query;
  }

  get url(): string {
    return this.#request.url;
  }

  get contentType(): string | readonly string[] {
    return headerValues(this.#rawHeaders, 'content-type');
  }
}
