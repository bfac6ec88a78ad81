import { Agent as HttpAgent, type RequestListener } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { guard } from '../../../adapters/http/guard.js';
import { checkOptions, type OptionNames } from '../../../foundation/options.js';
import type { Gate } from '../../../gate/index.js';
import { readCertificates } from '../../../net/index.js';
import { parseWorkspaceHost, type TokenProvider } from '../tokens/index.js';
import type { DatabricksVocabulary } from '../vocabulary/index.js';
import { type EndpointResourceOf, requiresEndpointQuery } from './endpoint-query.js';
import { forward } from './forward.js';
import { RequestLimits } from './request-limits.js';

/** Options of the proxy of a workspace’s serving endpoints. */
export interface ServingEndpointProxyOptions {
  /**
   * Says who asks, and whether they have CAN_QUERY on the `ServingEndpoint`. Its vocabulary is
   * `databricksVocabulary`.
   */
  readonly gate: Gate<DatabricksVocabulary>;
  /** The workspace whose endpoints are behind this: an https address, or a host name alone. */
  readonly target: string;
  /** Hosts that `target` may name beside those of Databricks. Default: none. */
  readonly hosts?: readonly string[] | undefined;
  /** Tokens of the service principal that endpoints are queried as. No caller ever sees one. */
  readonly tokens: TokenProvider;
  /**
   * What an endpoint is called in the permissions, by its name in the path; undefined: it is not
   * served. Access lists of Databricks know endpoints by their ids. Default: its name.
   */
  readonly resourceOf?: EndpointResourceOf | undefined;
  /** File of certificates to trust in place of the system's. */
  readonly caCertPath?: string | undefined;
  /** The longest request that is passed on, in bytes. Default: 16 MiB, as the service takes. */
  readonly maxRequestBytes?: number | undefined;
  /** The longest answer that is passed on, in bytes. Default: 64 MiB. */
  readonly maxAnswerBytes?: number | undefined;
  /** For a request with the whole of its answer. Default: 300. */
  readonly timeoutSeconds?: number | undefined;
  /** How many requests are passed on at a time; others wait. Default: 256. */
  readonly maxConnections?: number | undefined;
  /** How many requests wait for a connection; others are answered with 503. Default: 256. */
  readonly maxWaiting?: number | undefined;
  /** How many requests of one caller are under way; others are answered with 503. Default: 64. */
  readonly maxRequestsPerCaller?: number | undefined;
  /** Gets what is answered with 500 or more. */
  readonly onError?: ((error: unknown) => unknown) | undefined;
}

const PROXY_OPTIONS: OptionNames<ServingEndpointProxyOptions> = {
  gate: true,
  target: true,
  hosts: true,
  tokens: true,
  resourceOf: true,
  caCertPath: true,
  maxRequestBytes: true,
  maxAnswerBytes: true,
  timeoutSeconds: true,
  maxConnections: true,
  maxWaiting: true,
  maxRequestsPerCaller: true,
  onError: true,
};

const MEBIBYTE = 1024 * 1024;
/** What a timer takes: a longer one would end at once. */
const MAX_TIMEOUT_SECONDS = Math.floor((2 ** 31 - 1) / 1000);
const ROUTE = 'POST /serving-endpoints/:name/invocations';

/**
 * A listener for `http.createServer` in front of serving endpoints: `POST
 * /serving-endpoints/<name>/invocations`, and nothing else.
 *
 * First the caller, then the decision, and only then is the body read. Only a grant counts,
 * whatever the options of the authorizer say of what no permission covers. The body is streamed on,
 * with the proxy's own token in place of the caller's, and so is the answer. Of headers, those that
 * describe the content are passed on, both ways. What goes wrong behind the proxy is a 502, what
 * takes too long a 504; neither says more. A caller with too many requests under way, and a request
 * for which no place is left to wait, is a 503 with `retry-after`.
 *
 * @throws TypeError if an option is unknown or invalid, ConfigInvalidError if the target is not an
 *   https address
 * @example
 * const target = 'adb-1.2.azuredatabricks.net';
 * createServer(createServingEndpointProxy({ gate, target, tokens })).listen(8080);
 */
export function createServingEndpointProxy(options: ServingEndpointProxyOptions): RequestListener {
  checkOptions<ServingEndpointProxyOptions>(options, PROXY_OPTIONS);
  const { gate, tokens, resourceOf, caCertPath, onError } = options;
  if (typeof tokens?.getToken !== 'function') {
    throw new TypeError('option tokens must be a token provider');
  }
  const origin = parseWorkspaceHost(options.target, { hosts: options.hosts });
  const limits = {
    maxRequestBytes: readLimit('maxRequestBytes', options.maxRequestBytes, 16 * MEBIBYTE),
    maxAnswerBytes: readLimit('maxAnswerBytes', options.maxAnswerBytes, 64 * MEBIBYTE),
    timeoutMs: readLimit('timeoutSeconds', options.timeoutSeconds, 300, MAX_TIMEOUT_SECONDS) * 1000,
  };
  const maxConnections = readLimit('maxConnections', options.maxConnections, 256);
  const requests = new RequestLimits({
    maxConnections,
    maxWaiting: readLimit('maxWaiting', options.maxWaiting, 256),
    maxPerCaller: readLimit('maxRequestsPerCaller', options.maxRequestsPerCaller, 64),
  });
  const sockets = { keepAlive: true, maxSockets: maxConnections };
  const agent =
    origin.protocol === 'https:'
      ? new HttpsAgent({
          ...sockets,
          ...(caCertPath === undefined ? {} : { ca: readCertificates(caCertPath) }),
        })
      : new HttpAgent(sockets);
  return guard(gate, {
    onError,
    routes: {
      [ROUTE]: {
        requires: requiresEndpointQuery(resourceOf),
        body: 'raw',
        handler: ({ params, raw, subject }, response) => {
          // The rule of the route let nothing through but a name that stands for itself in a path.
          const path = `/serving-endpoints/${params['name'] ?? ''}/invocations`;
          const url = new URL(path, origin);
          return forward(
            { url, agent, tokens, caller: subject?.username ?? '', requests, limits, onError },
            raw,
            response,
          );
        },
      },
    },
  });
}

function readLimit(
  name: string,
  value: number | undefined,
  otherwise: number,
  max: number = 2 ** 31,
): number {
  const limit = value ?? otherwise;
  if (Number.isSafeInteger(limit) && limit > 0 && limit <= max) return limit;
  throw new TypeError(`option ${name} must be a whole number from 1 to ${max}`);
}
