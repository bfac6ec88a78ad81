import { parseJson } from '../foundation/json.js';
import { ConfigInvalidError, quote } from '../model/errors.js';
import { isPlainObject } from '../model/plain-data.js';
import { type HttpClient, HttpError } from './http-client.js';

/** What an identity provider says about itself. */
export interface ProviderMetadata {
  readonly issuer: string;
  readonly jwksUri: URL | undefined;
  readonly tokenEndpoint: URL | undefined;
  /**
   * How clients may say who they are at the token endpoint; `undefined` where the provider does not
   * say.
   */
  readonly tokenEndpointAuthMethods: readonly string[] | undefined;
}

/** The address of a provider's metadata, and what follows from it. */
export interface ProviderAddress {
  readonly url: URL;
  /**
   * The issuers that may publish their metadata there: none where the address follows no
   * convention.
   */
  readonly issuers: readonly string[];
}

const WELL_KNOWN = /\/\.well-known\/(?:openid-configuration|oauth-authorization-server)(?=\/|$)/;

/**
 * Reads `auth_discovery_url`.
 *
 * @throws {@link ConfigInvalidError} if it is not an http or https address, or holds a user name or
 *   password
 * @source OpenID Connect Discovery 4 (the issuer, without a last slash, and then the well-known
 *   path) and RFC 8414 3.1 (the well-known path between the host and the path of the issuer)
 */
export function parseProviderAddress(discoveryUrl: string): ProviderAddress {
  const url = parseHttpUrl(discoveryUrl);
  if (url === undefined) {
    throw new ConfigInvalidError('`auth.auth_discovery_url` must be an http or https address');
  }
  if (url.username !== '' || url.password !== '') {
    throw new ConfigInvalidError('`auth.auth_discovery_url` must not hold a user name or password');
  }
  if (!WELL_KNOWN.test(url.pathname)) return { url, issuers: [] };
  const base = `${url.origin}${url.pathname.replace(WELL_KNOWN, '')}`.replace(/\/+$/, '');
  return { url, issuers: [base, `${base}/`] };
}

/**
 * Asks a provider for its metadata.
 *
 * @param address whose issuer the answer must name
 * @param configuredIssuer that counts in place of it, whatever the answer names
 * @returns rejects with {@link HttpError} if no trusted answer arrives
 * @source OpenID Connect Discovery 4.3, RFC 8414 3.3: an answer with another issuer must not be
 *   used
 */
export async function fetchProviderMetadata(
  address: ProviderAddress,
  configuredIssuer: string | undefined,
  client: HttpClient,
): Promise<ProviderMetadata> {
  const document = await fetchJson(address.url, client);
  const issuer = configuredIssuer || document['issuer'];
  if (typeof issuer !== 'string' || issuer === '') {
    throw new HttpError('the discovery document names no issuer');
  }
  if (!configuredIssuer && !address.issuers.includes(issuer)) {
    throw new HttpError(
      `the discovery document names the issuer ${quote(issuer)}, which is not where it was found: set \`auth.issuer\``,
    );
  }
  const methods = document['token_endpoint_auth_methods_supported'];
  return {
    issuer,
    jwksUri: readEndpoint(document, 'jwks_uri', address.url),
    tokenEndpoint: readEndpoint(document, 'token_endpoint', address.url),
    tokenEndpointAuthMethods: Array.isArray(methods) ? methods.filter(isString) : undefined,
  };
}

/** The JSON object at an address. Rejects with {@link HttpError}. */
export async function fetchJson(
  url: URL,
  client: HttpClient,
): Promise<Readonly<Record<string, unknown>>> {
  const { status, body } = await client({ url });
  const place = quote(`${url.origin}${url.pathname}`);
  if (status !== 200) throw new HttpError(`${place} answers with status ${status}`);
  const value = parseJson(body);
  if (!isPlainObject(value)) throw new HttpError(`${place} answers with no JSON object`);
  return value;
}

function readEndpoint(
  document: Readonly<Record<string, unknown>>,
  name: string,
  discoveryUrl: URL,
): URL | undefined {
  const value = document[name];
  if (value === undefined) return undefined;
  const url = parseHttpUrl(value);
  // SECURITY: what was asked for over TLS must not send us to where anybody on the way can answer.
  const safe = url?.protocol === 'https:' || discoveryUrl.protocol === 'http:';
  if (url === undefined || !safe) {
    throw new HttpError(`the discovery document has an unusable \`${name}\``);
  }
  return url;
}

function parseHttpUrl(text: unknown): URL | undefined {
  if (typeof text !== 'string' || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url : undefined;
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}
