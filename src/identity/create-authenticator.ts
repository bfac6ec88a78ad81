import type { AuthConfig } from '../config/auth-config.js';
import { type CompactToken, parseCompactToken } from '../foundation/compact-token.js';
import { omitUndefined } from '../foundation/omit-undefined.js';
import { checkOptions } from '../foundation/options.js';
import { IdentityUnavailableError } from '../model/errors.js';
import { createKubernetesAuthenticator } from './kubernetes/kubernetes-authenticator.js';
import {
  AUTHENTICATOR_OPTIONS,
  type AuthenticatorOptions,
  ISSUER_OPTIONS,
  type IssuerOptions,
} from './oidc/authenticator-options.js';
import { createOidcAuthenticator } from './oidc/oidc-authenticator.js';
import type { OidcConfig } from './oidc/oidc-verifier.js';
import type { Authenticator } from './token/authenticator.js';
import { addVerifiedToken } from './token/mask-token.js';
import { readBearerToken, readMaxTokenLength } from './token/read-bearer-token.js';

/**
 * Creates the authenticator that an `auth` section asks for, or one that takes the tokens of
 * several OIDC providers.
 *
 * A token is verified with the keys of the issuer that it names, and with no other. Nothing else of
 * it is used before that. No provider is asked before the first token.
 *
 * @throws {@link ConfigInvalidError} when a section cannot be used to verify tokens, or two name
 *   the same issuer
 * @throws TypeError when an option is wrong
 * @source Feast 0.66.0, its authentication of requests
 * @example
 * const { auth } = await loadFeatureStoreConfig('feature_repo');
 * const authenticator = createAuthenticator(auth);
 * const { authorization } = request.headers;
 * const subject = await authenticator.authenticate({ authorization });
 */
export function createAuthenticator(
  auth: AuthConfig | readonly (OidcConfig | IssuerOptions)[],
  options: AuthenticatorOptions = {},
): Authenticator {
  checkOptions<AuthenticatorOptions>(options, AUTHENTICATOR_OPTIONS);
  const maxTokenLength = readMaxTokenLength(options.maxTokenLength);
  if (isList(auth)) return createOidcAuthenticator(auth.map(toIssuer), options);
  switch (auth.type) {
    case 'no_auth':
      return { authenticate: async () => null, warnings: [], close: () => {} };
    case 'oidc':
      return createOidcAuthenticator([{ auth }], options);
    case 'kubernetes':
      return createClusterAuthenticator({ ...options, maxTokenLength });
    default:
      throw new TypeError('auth must be an auth section, or a list of those of type `oidc`');
  }
}

/**
 * Tokens of services, which are told by their issuer, and everything else for the cluster to
 * review.
 */
function createClusterAuthenticator(
  options: AuthenticatorOptions & { readonly maxTokenLength: number },
): Authenticator {
  const { now = Date.now, redaction, services, maxTokenLength } = options;
  const cluster = createKubernetesAuthenticator({
    now,
    redaction,
    maxTokenLength,
    ...omitUndefined(options.kubernetes ?? {}),
  });
  if (services === undefined) return cluster;
  let closed = false;
  return {
    ...cluster,
    authenticate: async (credentials) => {
      if (closed) throw new IdentityUnavailableError('the authenticator is closed');
      const text = readBearerToken(credentials, maxTokenLength);
      const token = tryParse(text);
      if (token?.claims['iss'] !== services.issuer) return cluster.authenticate({ token: text });
      const verified = await services.verify(text, token);
      addVerifiedToken(redaction, text, verified, now());
      return verified.subject;
    },
    close: () => {
      closed = true;
      return cluster.close();
    },
  };
}

function tryParse(text: string): CompactToken | undefined {
  try {
    return parseCompactToken(text);
  } catch {
    return undefined;
  }
}

function isList<T>(value: unknown): value is readonly T[] {
  return Array.isArray(value);
}

function toIssuer(given: OidcConfig | IssuerOptions): IssuerOptions {
  const issuer = 'auth' in given ? given : { auth: given };
  checkOptions<IssuerOptions>(issuer, ISSUER_OPTIONS, {
    'the second argument': AUTHENTICATOR_OPTIONS,
  });
  if (issuer.auth?.type === 'oidc') return issuer;
  throw new TypeError('a list of auth sections must hold those of type `oidc` alone');
}
