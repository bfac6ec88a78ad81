import { setTimeout as sleep } from 'node:timers/promises';
import type {
  AuthConfig,
  KubernetesAuthConfig,
  OidcClientConfig,
  OidcServerConfig,
} from '../config/auth-config.js';
import { readUnverifiedExpiry } from '../foundation/compact-token.js';
import { checkOptions, type OptionNames } from '../foundation/options.js';
import { RenewedValue } from '../foundation/renewed-value.js';
import { ConfigInvalidError, CredentialUnavailableError, quote } from '../model/errors.js';
import {
  addIdentitySecret,
  createHttpClient,
  formEncode,
  MIN_MASKED_SECONDS,
  type ObtainedToken,
  parseProviderAddress,
  requestToken,
  SENDING_OPTIONS,
  type SendingOptions,
  type TokenGrant,
} from '../net/index.js';
import { httpOptions } from './oidc/oidc-verifier.js';
import type { ServiceTokenIssuer } from './service/token-issuer.js';
import { readTokenFile, SERVICE_ACCOUNT_TOKEN_PATH } from './token-file.js';

/** Where a client's tokens come from. */
export interface TokenSource {
  /**
   * A token that holds now, without the word `Bearer`.
   *
   * @returns rejects with {@link CredentialUnavailableError} if none can be had
   */
  readonly getToken: () => Promise<string>;
  /**
   * Forgets a token that a server refused, such as one whose signing key was withdrawn: the next
   * `getToken` obtains another. Without effect for other tokens than the current one, and for
   * tokens that come from a file, a variable or the configuration, which are read anew each time.
   */
  readonly invalidate: (token: string) => void;
}

/** How a client obtains its tokens. */
export interface TokenSourceOptions extends SendingOptions {
  /**
   * A function of one's own: a token, or a token and its end in milliseconds since 1970. Comes
   * before everything else.
   */
  readonly getToken?: (() => Promise<string | ObtainedToken>) | undefined;
  /** A file of one's own; read anew for each token. Comes before everything else. */
  readonly tokenFile?: string | undefined;
  /**
   * Makes this client a server that is known by its own signed tokens. Comes before what the
   * configuration says.
   */
  readonly service?: ServiceTokenIssuer | undefined;
  /** In place of `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** In place of the path where Kubernetes mounts the service account's token. */
  readonly serviceAccountTokenPath?: string | undefined;
  /** The `scope` that is asked for. None unless given. */
  readonly scope?: string | undefined;
}

const TOKEN_SOURCE_OPTIONS: OptionNames<TokenSourceOptions> = {
  ...SENDING_OPTIONS,
  getToken: true,
  tokenFile: true,
  service: true,
  env: true,
  serviceAccountTokenPath: true,
  scope: true,
};

interface Source {
  readonly find: () => Promise<string | ObtainedToken | undefined>;
  readonly invalidate?: (token: string) => void;
}
type OidcConfig = OidcServerConfig | OidcClientConfig;

const DEFAULT_MARGIN_SECONDS = 30;
/** Pause after a renewal that failed, while the token at hand still holds. */
const RETRY_PAUSE_MS = 5000;
const DEFAULT_ATTEMPTS = 4;

/**
 * Creates the source of a client's tokens that an `auth` section asks for.
 *
 * Shape: the first of these that is there: `getToken` or `tokenFile` of the options; the server's
 * own signed token; then for OIDC `token`, the variable that `token_env_var` names, client
 * credentials or the password grant, `FEAST_OIDC_TOKEN`, the mounted service account; for
 * Kubernetes `user_token`, the mounted service account, `LOCAL_K8S_TOKEN`.
 *
 * @throws {@link ConfigInvalidError} when the section is `no_auth`, or its discovery address is
 *   invalid
 * @source Feast 0.66.0, its client token managers; differs: a service's own token is signed
 * @example
 * const { getToken } = createTokenSource(auth);
 * const headers = { authorization: `Bearer ${await getToken()}` };
 */
export function createTokenSource(auth: AuthConfig, options: TokenSourceOptions = {}): TokenSource {
  checkOptions<TokenSourceOptions>(options, TOKEN_SOURCE_OPTIONS);
  const env = options.env ?? process.env;
  const protect = createProtection(options);
  const sources = [...listOwnSources(auth, options), ...listConfiguredSources(auth, options, env)];
  return {
    getToken: async () => {
      for (const { find } of sources) {
        const token = await find();
        if (token !== undefined) return protect(toObtained(token));
      }
      throw new CredentialUnavailableError('no configured token source returned a token');
    },
    invalidate: (token) => {
      for (const source of sources) source.invalidate?.(token);
    },
  };
}

/**
 * Registers each token to be masked for as long as it holds. One whose end is not known is masked
 * until another takes its place, and a while longer, as a request may still be on its way with it.
 */
function createProtection({
  redaction,
  now = Date.now,
}: TokenSourceOptions): (obtained: ObtainedToken) => string {
  let current: string | undefined;
  let retire = (): void => {};
  return ({ token, expiresAt }) => {
    if (token === current) return token;
    current = token;
    retire();
    const remaining = expiresAt === undefined ? undefined : (expiresAt - now()) / 1000;
    const seconds = remaining === undefined ? undefined : Math.max(remaining, MIN_MASKED_SECONDS);
    const remove = addIdentitySecret(redaction, 'token', token, seconds);
    retire = () => {
      if (expiresAt !== undefined) return;
      addIdentitySecret(redaction, 'token', token, MIN_MASKED_SECONDS);
      remove();
    };
    return token;
  };
}

/** What the program gives. One that is given is the only one. */
function listOwnSources(auth: AuthConfig, options: TokenSourceOptions): readonly Source[] {
  const { getToken: obtain, tokenFile, service } = options;
  if (obtain !== undefined) {
    return [renewing(auth, options, async () => toObtained(await obtain()))];
  }
  if (tokenFile !== undefined) {
    const file = quote(tokenFile);
    return [{ find: async () => (await readTokenFile(tokenFile)) ?? missing(`the file ${file}`) }];
  }
  if (service === undefined) return [];
  return [renewing(auth, options, async () => toObtained(await service.issue()))];
}

function listConfiguredSources(
  auth: AuthConfig,
  options: TokenSourceOptions,
  env: NonNullable<TokenSourceOptions['env']>,
): readonly Source[] {
  const path = options.serviceAccountTokenPath ?? SERVICE_ACCOUNT_TOKEN_PATH;
  const mounted: Source = { find: () => readTokenFile(path) };
  switch (auth.type) {
    case 'oidc':
      return [...listOidcSources(auth, options, env), fromEnv(env, 'FEAST_OIDC_TOKEN'), mounted];
    case 'kubernetes':
      return [...given(auth.userToken), mounted, fromEnv(env, 'LOCAL_K8S_TOKEN')];
    case 'no_auth':
      throw new ConfigInvalidError('`auth` is `no_auth`, which uses no tokens');
    default:
      throw new TypeError('auth must be an auth section');
  }
}

function listOidcSources(
  auth: OidcConfig,
  options: TokenSourceOptions,
  env: NonNullable<TokenSourceOptions['env']>,
): readonly Source[] {
  if (auth.role !== 'client') return [];
  const { tokenEnvVar } = auth;
  if (auth.token) return given(auth.token);
  if (tokenEnvVar) {
    const variable = quote(tokenEnvVar);
    return [{ find: async () => env[tokenEnvVar] || missing(`the variable ${variable}`) }];
  }
  return auth.clientSecret ? [fromProvider(auth, options)] : [];
}

function fromProvider(auth: OidcClientConfig, options: TokenSourceOptions): Source {
  const { clientId, clientSecret, username, password, authDiscoveryUrl } = auth;
  if (!clientId || !clientSecret || !authDiscoveryUrl) {
    throw new ConfigInvalidError(
      '`auth` has incomplete client credentials: they are `auth_discovery_url`, `client_id` and `client_secret`',
    );
  }
  const grant: TokenGrant = {
    address: parseProviderAddress(authDiscoveryUrl),
    issuer: auth.issuer,
    clientId,
    clientSecret,
    username: username || undefined,
    password: password || undefined,
    scope: options.scope,
  };
  addIdentitySecret(options.redaction, 'client-secret', clientSecret);
  // What stands in the Authorization header, in base64.
  const encoded = formEncode(clientSecret);
  if (encoded !== clientSecret) addIdentitySecret(options.redaction, 'client-secret', encoded);
  addIdentitySecret(options.redaction, 'password', password ?? '');
  const client = options.httpClient ?? createHttpClient(httpOptions(auth));
  const retry = {
    attempts: options.maxAttempts ?? DEFAULT_ATTEMPTS,
    sleep: options.sleep ?? ((milliseconds: number) => sleep(milliseconds)),
    now: options.now ?? Date.now,
  };
  return renewing(auth, options, () => requestToken(grant, client, retry));
}

function renewing(
  auth: AuthConfig,
  { now = Date.now }: TokenSourceOptions,
  obtain: () => Promise<ObtainedToken>,
): Source {
  const isClient = auth.type === 'oidc' && auth.role === 'client';
  const marginSeconds = isClient ? auth.tokenRefreshMarginSeconds : DEFAULT_MARGIN_SECONDS;
  const tokens = new RenewedValue(obtain, {
    expiresAt: ({ expiresAt = -Infinity }) => expiresAt,
    renewAt: ({ expiresAt = -Infinity }) => expiresAt - marginSeconds * 1000,
    renewal: 'wait',
    retryPauseMs: RETRY_PAUSE_MS,
    failurePauseMs: 0,
    now,
  });
  return {
    find: () => tokens.get(),
    invalidate: (token) => tokens.discard((held) => held.token === token),
  };
}

function given(token: KubernetesAuthConfig['userToken']): readonly Source[] {
  return token ? [{ find: async () => token }] : [];
}

function fromEnv(env: NonNullable<TokenSourceOptions['env']>, name: string): Source {
  return { find: async () => env[name] || undefined };
}

function toObtained(given: string | ObtainedToken): ObtainedToken {
  const { token, expiresAt } = typeof given === 'string' ? { token: given } : given;
  if (typeof token !== 'string' || token === '') {
    throw new CredentialUnavailableError('the token function returned no token');
  }
  return { token, expiresAt: expiresAt ?? readUnverifiedExpiry(token) };
}

function missing(what: string): never {
  throw new CredentialUnavailableError(`no token: ${what} has none`);
}
