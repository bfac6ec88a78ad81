import { type IncomingMessage, request as requestHttp } from 'node:http';
import { type RequestOptions, request as requestHttps } from 'node:https';
import { waitFor } from '../../foundation/abort.js';
import { collectBytes } from '../../foundation/collect-bytes.js';
import { errorCode } from '../../foundation/error-code.js';
import { IdentityUnavailableError } from '../../model/errors.js';
import { currentCluster, type KubernetesConfig } from './config.js';

// `node:https` and not `net/`: `applyToHTTPSOptions` of `@kubernetes/client-node` gives the options
// of that client, with certificates of the caller and an agent for the kubeconfig's own proxy. No
// other proxy is used: the API server gets the credentials of this program.

/** One question to the API server. */
export interface KubernetesRequest {
  readonly method: 'GET' | 'POST';
  /** Path and query, starting with `/api`. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** What the API server said: any status, and the JSON of its body. */
export interface KubernetesResponse {
  readonly status: number;
  readonly body: unknown;
}

/** How long and how much a question may cost. */
export interface RequestLimits {
  /** For the whole exchange, in seconds. */
  readonly timeoutSeconds: number;
  /** Of the answer. */
  readonly maxBytes: number;
}

/**
 * Asks the API server once. Redirects are not followed: their status is the answer.
 *
 * @throws IdentityUnavailableError when it does not answer in time, or with anything but JSON of at
 *   most `maxBytes`
 */
export async function requestKubernetes(
  config: KubernetesConfig,
  request: KubernetesRequest,
  { timeoutSeconds, maxBytes }: RequestLimits,
): Promise<KubernetesResponse> {
  const { server } = currentCluster(config);
  const url = new URL(`${server.replace(/\/+$/, '')}${request.path}`);
  const body = request.body === undefined ? undefined : JSON.stringify(request.body);
  const signal = AbortSignal.timeout(Math.ceil(timeoutSeconds * 1000));
  try {
    const options = await waitFor(requestOptions(config, request.method), signal);
    const response = await open(url, { ...options, signal }, body);
    const text = await readAnswer(response, maxBytes);
    return { status: response.statusCode ?? 0, body: JSON.parse(text) };
  } catch (error) {
    if (signal.aborted) throw unavailable(`did not answer within ${timeoutSeconds} s`);
    if (error instanceof SyntaxError) throw unavailable('answers with something that is not JSON');
    if (error instanceof IdentityUnavailableError) throw error;
    throw unavailable(`cannot be reached (${errorCode(error)})`);
  }
}

async function requestOptions(config: KubernetesConfig, method: string): Promise<RequestOptions> {
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    // Only the code: a credential plugin may have put anything into its message.
    throw unavailable(`cannot be asked: its credentials cannot be read (${errorCode(error)})`);
  }
  const headers = {
    ...options.headers,
    accept: 'application/json',
    'accept-encoding': 'identity',
    'content-type': 'application/json',
  };
  // No connection is kept. The agent of the kubeconfig would go on with the certificates that it
  // was made with, and is needed for a proxy only.
  const agent = currentCluster(config).proxyUrl === undefined ? false : options.agent;
  return { ...options, method, headers, agent };
}

function open(
  url: URL,
  options: RequestOptions,
  body: string | undefined,
): Promise<IncomingMessage> {
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const request = send(url, options);
    request.once('response', resolve);
    request.once('error', reject);
    request.end(body);
  });
}

async function readAnswer(response: IncomingMessage, maxBytes: number): Promise<string> {
  const bytes = await collectBytes(response as AsyncIterable<Uint8Array>, maxBytes);
  if (bytes === undefined) throw unavailable(`answers with more than ${maxBytes} bytes`);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}

function unavailable(message: string): IdentityUnavailableError {
  return new IdentityUnavailableError(`the Kubernetes API server ${message}`);
}
