import type { AuthConfig, OidcClientConfig, OidcServerConfig } from '../../config/index.js';
import { count } from '../../foundation/names.js';
import type { FindingRule } from '../finding-rule.js';

/** What all of these findings are about. */
const OBJECT = { object: 'auth' } as const;

/** Permissions that are not enforced. */
export const authDisabled: FindingRule = {
  id: 'auth-disabled',
  level: 'error',
  title: 'Permissions that are not enforced',
  advice: 'Set `type` in the `auth` section of feature_store.yaml to `oidc` or `kubernetes`',
  *check({ auth, permissions }) {
    if (auth?.type !== 'no_auth' || permissions.length === 0) return;
    const all = count(permissions.length, 'permission');
    yield {
      message: `auth is no_auth: every caller of a server with this configuration may do everything, despite ${all}`,
      ...OBJECT,
    };
  },
};

/** Tokens for other applications are accepted. */
export const noAudience: FindingRule = {
  id: 'no-audience',
  level: 'warning',
  title: 'An OIDC server that accepts tokens made for other applications',
  advice:
    'Set `audience` in the `auth` section to what the identity provider writes into `aud` for this server',
  *check({ auth }) {
    if (!isServer(auth) || auth.audience) return;
    yield {
      message: 'auth.audience is not set: a token made for any other application is accepted',
      ...OBJECT,
    };
  },
};

/** Tokens that no server can verify. */
export const noDiscoveryUrl: FindingRule = {
  id: 'no-discovery-url',
  level: 'warning',
  title: 'An OIDC configuration that no server can verify tokens with',
  advice:
    'Set `auth_discovery_url` in the `auth` section of servers, or audit the configuration of the server',
  *check({ auth }) {
    if (auth?.type !== 'oidc' || auth.authDiscoveryUrl) return;
    yield {
      message:
        'auth.auth_discovery_url is not set: no server can verify a token with this configuration',
      ...OBJECT,
    };
  },
};

/** Feast accepts tokens of other issuers. */
export const noIssuer: FindingRule = {
  id: 'no-issuer',
  level: 'warning',
  title: 'An OIDC server for which Feast accepts tokens of every issuer with the same keys',
  advice: 'Set `issuer` in the `auth` section to the `issuer` of the discovery document',
  *check({ auth }) {
    if (!isServer(auth) || auth.issuer) return;
    yield {
      message:
        "auth.issuer is not set: Feast's server accepts a token of any tenant whose issuer signs with the same keys",
      ...OBJECT,
    };
  },
};

/** The identity provider is not authenticated. */
export const verifySslOff: FindingRule = {
  id: 'verify-ssl-off',
  level: 'warning',
  title: 'An identity provider whose certificate is not checked',
  advice: 'Remove `verify_ssl: false`, and name the certificates to trust in `ca_cert_path`',
  *check({ auth }) {
    if (auth?.type !== 'oidc' || auth.verifySsl) return;
    yield {
      message:
        'auth.verify_ssl is off: who sits between here and the identity provider can forge tokens',
      ...OBJECT,
    };
  },
};

/** The identity provider is asked without TLS. */
export const plainHttpDiscovery: FindingRule = {
  id: 'plain-http-discovery',
  level: 'warning',
  title: 'An identity provider that is asked without TLS',
  advice: 'Use the https address of the identity provider in `auth_discovery_url`',
  *check({ auth }) {
    if (auth?.type !== 'oidc' || !isPlainHttp(auth.authDiscoveryUrl)) return;
    yield {
      message:
        'auth.auth_discovery_url is plain http: who sits between here and the identity provider can forge tokens',
      ...OBJECT,
    };
  },
};

function isServer(auth: AuthConfig | undefined): auth is OidcServerConfig {
  return auth?.type === 'oidc' && auth.role === 'server';
}

/** Loopback traffic stays on the machine. */
function isPlainHttp(address: OidcClientConfig['authDiscoveryUrl']): boolean {
  if (address === undefined || !URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === 'http:' && !/^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
