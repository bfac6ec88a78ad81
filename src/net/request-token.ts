import { readUnverifiedExpiry } from '../foundation/compact-token.js';
import { parseJson } from '../foundation/json.js';
import { CredentialUnavailableError, printable } from '../model/errors.js';
import { isPlainObject } from '../model/plain-data.js';
import { type HttpClient, HttpError, type HttpRequest, type HttpResponse } from './http-client.js';
import {
  fetchProviderMetadata,
  type ProviderAddress,
  type ProviderMetadata,
} from './provider-metadata.js';
import { type RetryOptions, retryRequest } from './retry-request.js';

// Own code, measured against `oauth4webapi` 3.8.8 with its fetch hook on our client: 21 of the 317
// tests of token requests fail with it. It refuses answers without `token_type`, with an empty
// `expires_in`, or with an ID token whose issuer has another last slash. It accepts access tokens
// that cannot stand in a header, and DPoP tokens. Its errors hold the server's own words, which may
// echo a secret. It sends the client ID `feast-server` as `feast%2Dserver`. With all that
// corrected, it would only fill in the form, for 13.6 kB of minified code.

/** A token, and when it expires as far as is known. */
export interface ObtainedToken {
  readonly token: string;
  /** In milliseconds since 1970; `undefined`: not known, so that it is used once. */
  readonly expiresAt: number | undefined;
}

/** Who asks for a token, and of whom. */
export interface TokenGrant {
  readonly address: ProviderAddress;
  readonly issuer: string | undefined;
  readonly clientId: string;
  /** A secret. */
  readonly clientSecret: string;
  /** With a password: the token is of this user, and of the client itself without. */
  readonly username: string | undefined;
  /** A secret. */
  readonly password: string | undefined;
  readonly scope: string | undefined;
}

/** The error codes of RFC 6749 5.2. Any other text of a server may repeat what it was sent. */
const KNOWN_ERRORS: ReadonlySet<unknown> = new Set([
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
]);

/**
 * Asks a provider's token endpoint for an access token: client credentials, or the password grant
 * where there is a user.
 *
 * @returns rejects with {@link CredentialUnavailableError}, whose message says what the provider
 *   answered
 * @source RFC 6749 4.3, 4.4 and 2.3.1 (the client in the `Authorization` header, or in the form
 *   where the provider takes nothing else), RFC 8414 2
 */
export async function requestToken(
  grant: TokenGrant,
  client: HttpClient,
  retry: RetryOptions,
): Promise<ObtainedToken> {
  try {
    const metadata = await fetchProviderMetadata(grant.address, grant.issuer, (request) =>
      retryRequest(client, request, retry),
    );
    const answer = await retryRequest(client, createRequest(grant, metadata), retry);
    return readTokenAnswer(answer, retry.now());
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    throw new CredentialUnavailableError(`no token: ${error.message}`, { cause: error });
  }
}

function createRequest(grant: TokenGrant, metadata: ProviderMetadata): HttpRequest {
  const { tokenEndpoint, tokenEndpointAuthMethods: methods } = metadata;
  if (tokenEndpoint === undefined) {
    throw new HttpError('the discovery document has no `token_endpoint`');
  }
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (grant.username !== undefined && grant.password !== undefined) {
    form.set('grant_type', 'password');
    form.set('username', grant.username);
    form.set('password', grant.password);
  }
  if (grant.scope !== undefined) form.set('scope', grant.scope);
  const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' };
  const postOnly = methods?.includes('client_secret_basic') === false;
  if (postOnly && methods?.includes('client_secret_post')) {
    form.set('client_id', grant.clientId);
    form.set('client_secret', grant.clientSecret);
  } else {
    headers['authorization'] = basicAuthorization(grant.clientId, grant.clientSecret);
  }
  return { url: tokenEndpoint, body: form.toString(), headers };
}

/**
 * The token in the answer of a token endpoint.
 *
 * @param now milliseconds since 1970, from which the lifetime in the answer counts
 * @throws HttpError that names the status and a known error code, and nothing else of the answer
 * @source RFC 6749 5.1 and 5.2
 */
export function readTokenAnswer({ status, body }: HttpResponse, now: number): ObtainedToken {
  const answer = parseJson(body);
  const fields = isPlainObject(answer) ? answer : {};
  if (status !== 200) {
    const code = KNOWN_ERRORS.has(fields['error'])
      ? ` (${printable(String(fields['error']))})`
      : '';
    throw new HttpError(`the token endpoint answers with status ${status}${code}`);
  }
  const { access_token: token, token_type: type, expires_in: lifetime } = fields;
  if (!isHeaderToken(token)) {
    throw new HttpError('the token endpoint answers without an access token');
  }
  const isBearer = typeof type === 'string' && type.toLowerCase() === 'bearer';
  if (type !== undefined && !isBearer) {
    throw new HttpError('the token endpoint answered with a token of a type other than `Bearer`');
  }
  const seconds = typeof lifetime === 'string' && lifetime !== '' ? Number(lifetime) : lifetime;
  const known = typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0;
  return { token, expiresAt: known ? now + seconds * 1000 : readUnverifiedExpiry(token) };
}

/**
 * Whether this is a token that can stand in a header: printable, and without anything that could
 * end the header or begin another.
 *
 * @source RFC 6750 2.1
 */
export function isHeaderToken(token: unknown): token is string {
  return typeof token === 'string' && /^[\x21-\x7e]+$/.test(token);
}

/** RFC 6749 2.3.1: both are encoded as in a form before they are joined. */
export function basicAuthorization(clientId: string, clientSecret: string): string {
  const pair = `${formEncode(clientId)}:${formEncode(clientSecret)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

/** Text as it stands in a form (`application/x-www-form-urlencoded`). */
export function formEncode(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}
