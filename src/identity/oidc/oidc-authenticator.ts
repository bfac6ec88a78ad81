import { type CompactToken, parseCompactToken } from '../../foundation/compact-token.js';
import { omitUndefined } from '../../foundation/omit-undefined.js';
import {
  AuthzError,
  ConfigInvalidError,
  IdentityInvalidError,
  IdentityUnavailableError,
} from '../../model/errors.js';
import { ownSubject, type Subject } from '../../model/subject.js';
import { SERVICE_ACCOUNT_PREFIX } from '../kubernetes/subject.js';
import type { ServiceTokenVerifier } from '../service/token-verifier.js';
import type { Authenticator } from '../token/authenticator.js';
import { addVerifiedToken } from '../token/mask-token.js';
import { readBearerToken, readMaxTokenLength } from '../token/read-bearer-token.js';
import { createVerifiedTokenCache } from '../token/verified-token-cache.js';
import type { AuthenticatorOptions, IssuerOptions } from './authenticator-options.js';
import {
  createOidcVerifier,
  type OidcConfig,
  type OidcOptions,
  type OidcVerifier,
} from './oidc-verifier.js';

type Verifier = Pick<OidcVerifier, 'verify'>;

/**
 * Creates the authenticator of one or several OIDC providers, and of services and Kubernetes tokens
 * beside them.
 *
 * @throws {@link ConfigInvalidError} when a section cannot be used to verify tokens, or two name
 *   the same issuer
 * @throws TypeError when an option is wrong
 */
export function createOidcAuthenticator(
  issuers: readonly IssuerOptions[],
  options: AuthenticatorOptions,
): Authenticator {
  if (issuers.length === 0) throw new TypeError('a list of auth sections must not be empty');
  const { now = Date.now, services } = options;
  const maxTokenLength = readMaxTokenLength(options.maxTokenLength);
  const severally = issuers.length > 1 ? { requireIssuer: true } : {};
  const chosen = issuers.map(({ auth, ...own }) => ({
    auth,
    options: { ...options, ...omitUndefined(own), ...severally },
  }));
  const surroundings = { now, httpClient: options.httpClient };
  const verifiers = chosen.map((one) => createOidcVerifier(one.auth, one.options, surroundings));
  const choose = compileRoutes(verifiers, services);
  const cache = createVerifiedTokenCache(options.cache ?? {}, now);
  let closed = false;

  const verify = async (text: string): Promise<Subject> => {
    const token = parseCompactToken(text);
    if (Object.hasOwn(token.claims, 'kubernetes.io')) return review(text, options.tokenReview);
    const verified = await choose(token).verify(text, token);
    if (options.tokenReview !== undefined) assertNoServiceAccount(verified.subject);
    cache.add(text, verified);
    addVerifiedToken(options.redaction, text, verified, now());
    return verified.subject;
  };

  return {
    warnings: [...verifiers.flatMap(({ warnings }) => warnings), ...warnOfSharedNames(chosen)],
    authenticate: async (credentials) => {
      if (closed) throw new IdentityUnavailableError('the authenticator is closed');
      const text = readBearerToken(credentials, maxTokenLength);
      const known = await cache.find(text);
      return known === undefined ? verify(text) : known.subject;
    },
    recall: (token) => (closed ? undefined : cache.recall(token)?.subject),
    close: () => {
      closed = true;
      cache.clear();
      for (const verifier of verifiers) verifier.close();
    },
  };
}

/**
 * Which verifier a token asks for, by the issuer that it claims to be of. Whether it is, the
 * verifier finds out.
 *
 * A single provider gets what names no issuer or a foreign one, too: it is the one who knows.
 */
function compileRoutes(
  verifiers: readonly OidcVerifier[],
  services: ServiceTokenVerifier | undefined,
): (token: CompactToken) => Verifier {
  const routes = new Map<unknown, Verifier>();
  if (services !== undefined) routes.set(services.issuer, services);
  for (const verifier of verifiers) {
    for (const issuer of verifier.issuers) {
      if (routes.has(issuer)) {
        throw new ConfigInvalidError(
          'two auth sections, or one and the services, have the same issuer',
        );
      }
      routes.set(issuer, verifier);
    }
  }
  const [first, ...others] = verifiers;
  const only = others.length === 0 ? first : undefined;
  return ({ claims }) => {
    const verifier = routes.get(claims['iss']) ?? only;
    if (verifier !== undefined) return verifier;
    throw new IdentityInvalidError('the token is of another issuer');
  };
}

/**
 * Whether users of two providers can have the same names and roles, and so each other's
 * permissions.
 */
function warnOfSharedNames(
  issuers: readonly { readonly auth: OidcConfig; readonly options: OidcOptions }[],
): readonly string[] {
  const byPrefix = new Map<string | undefined, OidcConfig[]>();
  for (const { auth, options } of issuers) {
    if (options.allowedRoles !== undefined) continue;
    byPrefix.set(options.prefix, [...(byPrefix.get(options.prefix) ?? []), auth]);
  }
  return [...byPrefix.values()]
    .filter((auths) => auths.length > 1)
    .map((auths) => {
      const hosts = auths.map(({ authDiscoveryUrl = '' }) => new URL(authDiscoveryUrl).host);
      return `${hosts.join(', ')} share their names of users, roles and groups: each can give its users the rights of the others. Set \`prefix\` or \`allowedRoles\``;
    });
}

/** SECURITY: the user names of reviewed service accounts are not for a provider to give. */
function assertNoServiceAccount({ username }: Subject): void {
  if (!username.startsWith(SERVICE_ACCOUNT_PREFIX)) return;
  throw new IdentityInvalidError('the token has the user name of a service account');
}

/** SECURITY: the API server says who it is. Of the token itself nothing is taken. */
async function review(
  text: string,
  tokenReview: AuthenticatorOptions['tokenReview'],
): Promise<Subject> {
  if (tokenReview === undefined) {
    throw new IdentityInvalidError('tokens of Kubernetes are not accepted without `tokenReview`');
  }
  const subject = ownSubject((await reviewed(tokenReview, text)) as Subject | null);
  if (subject === null) throw new IdentityInvalidError('the token was not accepted by Kubernetes');
  return subject;
}

/**
 * The outcome of a review. An error of somebody else's may hold the request, and so the token: it
 * is not passed on.
 */
async function reviewed(
  tokenReview: (token: string) => Promise<unknown>,
  text: string,
): Promise<unknown> {
  try {
    return await tokenReview(text);
  } catch (error) {
    if (error instanceof AuthzError) throw error;
    throw new IdentityUnavailableError('Kubernetes could not review the token');
  }
}
