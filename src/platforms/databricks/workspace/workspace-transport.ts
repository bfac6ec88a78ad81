import { parseJson } from '../../../foundation/json.js';
import { CredentialUnavailableError, quote } from '../../../model/errors.js';
import { isPlainObject } from '../../../model/plain-data.js';
import {
  createSender,
  HttpError,
  type HttpRequest,
  type HttpResponse,
  isUsuallyTransient,
  type RequestOptions,
  RetryLaterError,
} from '../../../net/index.js';
import type { ExpiringToken, TokenProvider } from '../tokens/token-provider.js';
import { parseWorkspaceHost, type WorkspaceHostOptions } from '../tokens/workspace-host.js';
import { USER_AGENT } from './user-agent.js';
import { WorkspaceError } from './workspace-error.js';

/** How a workspace is asked; a request has 60 s unless given. */
export interface WorkspaceClientOptions extends RequestOptions, WorkspaceHostOptions {
  /** Of the workspace: an https address, or a host name alone. */
  readonly host: string;
  /** As whom it is asked. */
  readonly tokens: TokenProvider;
  /** The number of the workspace, for a host that serves several. Default: none is sent. */
  readonly workspaceId?: string | undefined;
  /** How many pages of one list are read at most; 1000 unless given. */
  readonly maxPages?: number | undefined;
}

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** One question to the REST API. */
export interface WorkspaceRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Starts with a slash; its segments are encoded already. */
  readonly path: string;
  /** Members that are `undefined` are left out. */
  readonly query?: Readonly<Record<string, string | number | undefined>> | undefined;
  /** Sent as JSON. */
  readonly body?: JsonObject | undefined;
  /**
   * Whether doing it twice is the same as once, so that it may be sent again when the outcome is
   * unknown. Unless given, it is for `GET`, `PUT` and `DELETE`.
   */
  readonly idempotent?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks, and gives the JSON object of the answer. Rejects with `WorkspaceError` or
 * `CredentialUnavailableError`.
 */
export type WorkspaceTransport = (request: WorkspaceRequest) => Promise<JsonObject>;

/** The same with the number of the workspace that answered, where it says so. */
export type NumberedTransport = (
  request: WorkspaceRequest,
) => Promise<{ readonly answer: JsonObject; readonly workspaceId: string | undefined }>;

const MAX_BYTES = 16 * 1024 * 1024;
/**
 * Refused before anything was done: Too Early and Too Many Requests. @source RFC 8470 5.2, RFC 6585
 * 4
 */
const NOT_DONE: ReadonlySet<number> = new Set([425, 429]);
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'PUT', 'DELETE']);

/**
 * Creates the transport that sends requests to one workspace only.
 *
 * @throws ConfigInvalidError if the host is invalid; TypeError for an invalid number of attempts or
 *   timeout
 * @source Databricks REST API, "Rate limits" (429 with `Retry-After`: not done, so everything may
 *   be sent again) and `{ error_code, message }` of errors. The message is not repeated: it may
 *   hold what was sent
 */
export function createWorkspaceTransport(options: WorkspaceClientOptions): NumberedTransport {
  const origin = parseWorkspaceHost(options.host, { hosts: options.hosts });
  const { tokens, workspaceId: chosen } = options;
  if (chosen !== undefined && !/^\d{1,20}$/.test(chosen)) {
    throw new TypeError('option workspaceId must be the number of a workspace');
  }
  if (typeof tokens?.getToken !== 'function') {
    throw new TypeError('option tokens must be an object with `getToken`');
  }
  const sender = createSender(options, { timeoutSeconds: 60, maxBytes: MAX_BYTES });
  const send = (request: WorkspaceRequest, token: ExpiringToken): Promise<HttpResponse> => {
    const isIdempotent = request.idempotent ?? IDEMPOTENT.has(request.method);
    const http = toHttp(origin, request, token, chosen);
    return sender(http, isIdempotent ? undefined : isNotDone);
  };
  return async (request) => {
    try {
      const token = await tokens.getToken({ signal: request.signal });
      let answer = await send(request, token);
      if (isRefusedToken(answer)) {
        tokens.discard?.(token);
        const next = await tokens.getToken({ signal: request.signal });
        // One that stays the same would be refused again.
        if (next.token !== token.token) {
          answer = await send(request, next);
          if (isRefusedToken(answer)) tokens.discard?.(next);
        }
      }
      const id = answer.headers?.['x-databricks-org-id'];
      const workspaceId = typeof id === 'string' && /^\d{1,20}$/.test(id) ? id : undefined;
      return { answer: readAnswer(request, answer), workspaceId };
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      if (error instanceof RetryLaterError) {
        const message = `no answer to ${describe(request)}: ${error.message}`;
        const { status } = error;
        throw new WorkspaceError(message, { status, retriable: true }, { cause: error });
      }
      const message = `no answer to ${describe(request)}: ${error.message}`;
      throw new WorkspaceError(message, { status: 0, retriable: true }, { cause: error });
    }
  };
}

function toHttp(
  origin: URL,
  request: WorkspaceRequest,
  token: ExpiringToken,
  workspaceId: string | undefined,
): HttpRequest {
  const { method, path, query = {}, body, signal } = request;
  const url = new URL(path, origin);
  // SECURITY: `//host/path` and whole addresses would take the token elsewhere; neither is the path
  // of what it leads to.
  if (url.pathname !== path) {
    throw new TypeError('path must be an absolute path in its shortest form, without query');
  }
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  const headers = {
    ...token.headers,
    'user-agent': USER_AGENT,
    ...(workspaceId === undefined ? {} : { 'x-databricks-workspace-id': workspaceId }),
    authorization: `Bearer ${token.token}`,
  };
  if (body === undefined) return { url, method, headers, signal };
  const json = { ...headers, 'content-type': 'application/json' };
  return { url, method, headers: json, body: JSON.stringify(body), signal };
}

/** A request that must not be done twice is sent again only if it was certainly not done. */
function isNotDone(answer: HttpResponse | HttpError): boolean {
  return answer instanceof HttpError ? answer.notSent : NOT_DONE.has(answer.status);
}

/**
 * 401, or the gateway's way to say the same of a personal access token: a 403 whose code does not
 * count as a name.
 */
function isRefusedToken({ status, body }: HttpResponse): boolean {
  if (status !== 403) return status === 401;
  const answer = parseJson(body);
  const { error_code: code, message } = isPlainObject(answer) ? answer : {};
  const isGateway = code === 403 || code === '403';
  return isGateway && typeof message === 'string' && message.startsWith('Invalid access token');
}

function readAnswer(request: WorkspaceRequest, answer: HttpResponse): JsonObject {
  const { status, body } = answer;
  const value = body === '' ? {} : parseJson(body);
  const fields = isPlainObject(value) ? value : undefined;
  if (isRefusedToken(answer)) {
    throw new CredentialUnavailableError(
      `the workspace does not accept the token for ${describe(request)} (status ${status})`,
    );
  }
  if (status >= 200 && status < 300) {
    if (fields !== undefined) return fields;
    const message = `${describe(request)} is not answered with a JSON object`;
    throw new WorkspaceError(message, { status, retriable: false });
  }
  const errorCode = readErrorCode(fields?.['error_code']);
  const detail = errorCode === undefined ? '' : ` (${errorCode})`;
  throw new WorkspaceError(`${describe(request)} is answered with status ${status}${detail}`, {
    status,
    errorCode,
    retriable: isUsuallyTransient(answer),
  });
}

function readErrorCode(code: unknown): string | undefined {
  return typeof code === 'string' && /^[A-Z][A-Z\d_]{1,63}$/.test(code) ? code : undefined;
}

/** Without the query, which may hold more than names. */
function describe({ method, path }: WorkspaceRequest): string {
  return quote(`${method} ${path}`);
}
