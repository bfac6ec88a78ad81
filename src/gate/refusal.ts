import {
  type AuthzError,
  isAuthzError,
  MediaTypeUnsupportedError,
  PermissionDeniedError,
  RequestInvalidError,
  ResourceNotFoundError,
  responseStatusOf,
} from '../model/index.js';
import type { Refusal } from './gate.js';

/** How much a refusal says. */
export interface RefusalOptions {
  /** Name of the protected space, for `www-authenticate`. */
  readonly realm: string;
  /** `full`: the answer to a denied request says why, with roles, groups, tags and patterns. */
  readonly explain: 'none' | 'full';
  /** A 403 names nothing, so that it is the same for what is there and for what is not. */
  readonly hideUnknown?: boolean | undefined;
}

/** What a client is told where the message of the error is for the log alone. */
const TITLES = new Map([
  [401, 'Not authenticated'],
  [403, 'Not permitted'],
  [404, 'Not found'],
  [415, 'Not a type of content that is read here'],
  [422, 'Not a valid request'],
  [503, 'Not available'],
  [500, 'Internal error'],
]);

const DETAILS = new Map([
  ['ERR_IDENTITY_MISSING', 'a bearer token is required'],
  ['ERR_IDENTITY_INVALID', 'the bearer token is not accepted'],
  ['ERR_IDENTITY_UNAVAILABLE', 'the bearer token cannot be checked at present'],
]);

/** Seconds after which a server that cannot decide is worth asking again. */
const RETRY_AFTER_SECONDS = 5;
/** The form of a code. Another installed version of the package may have codes of its own. */
const CODE = /^ERR_[A-Z_]{1,60}$/;
const HTTP_INTERNAL = 500;
const GRPC_INTERNAL = 13;

/**
 * How an error is told to a client.
 *
 * A 401 carries a challenge, with `error="invalid_token"` only when a token was given. A 403
 * carries none: `insufficient_scope` would send the client for another token, and no token that it
 * can ask for changes what its user may do.
 *
 * Never throws.
 *
 * @source RFC 9457 (the body), RFC 9110 11.6.1 and RFC 6750 3 (the challenge)
 */
export function refuse(error: unknown, options: RefusalOptions): Refusal {
  try {
    if (isAuthzError(error) && CODE.test(error.code)) return refuseKnown(error, options);
  } catch {
    // An error whose members throw is answered like any other that is not ours.
  }
  return answer({ status: HTTP_INTERNAL, grpc: GRPC_INTERNAL, code: 'ERR_INTERNAL' });
}

function refuseKnown(
  error: AuthzError,
  { realm, explain, hideUnknown = false }: RefusalOptions,
): Refusal {
  const { code } = error;
  const { http: status, grpc } = responseStatusOf(error);
  const explanation =
    explain === 'full' && error instanceof PermissionDeniedError
      ? error.decision.explanation
      : undefined;
  const headers: Record<string, string> = {};
  if (status === 401) {
    const reason = code === 'ERR_IDENTITY_INVALID' ? ', error="invalid_token"' : '';
    headers['www-authenticate'] = `Bearer realm="${realm}"${reason}`;
  }
  if (status === 503) headers['retry-after'] = String(RETRY_AFTER_SECONDS);
  const isHidden = hideUnknown && error instanceof PermissionDeniedError;
  const detail = isHidden ? undefined : detailOf(error);
  return answer({ status, grpc, code, detail, explanation, headers });
}

/** Of these four the message is made for clients; of others it may name what is inside. */
function detailOf(error: AuthzError): string | undefined {
  const isPublic =
    error instanceof PermissionDeniedError ||
    error instanceof RequestInvalidError ||
    error instanceof MediaTypeUnsupportedError ||
    error instanceof ResourceNotFoundError;
  return isPublic ? error.message : DETAILS.get(error.code);
}

function answer(refusal: {
  readonly status: number;
  readonly grpc: number;
  readonly code: string;
  readonly detail?: string | undefined;
  readonly explanation?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}): Refusal {
  const { status, grpc, code, explanation, headers } = refusal;
  const title = TITLES.get(status) ?? 'Refused';
  const detail = refusal.detail ?? title.toLowerCase();
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...headers,
    },
    body: JSON.stringify({
      type: `urn:feast-permissions:error:${code}`,
      title,
      status,
      detail,
      code,
      ...(explanation === undefined ? {} : { explanation }),
    }),
    grpc: { code: grpc, message: detail },
  };
}
