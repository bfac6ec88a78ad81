type Claims = Readonly<Record<string, unknown>>;

interface ExpectedSubject {
  readonly username: string;
  readonly roles?: readonly string[];
  readonly groups?: readonly string[];
}

/** Claims in the form in which a provider makes them. */
export interface ProviderTokens {
  readonly issuer: string;
  /** Claims of every token of the provider. */
  readonly common?: Claims;
  readonly accepted: Readonly<Record<string, readonly [Claims, ExpectedSubject]>>;
  /** With a part of the reason. */
  readonly refused: Readonly<Record<string, readonly [Claims, string]>>;
}

const ENTRA_API = '11111111-2222-3333-4444-555555555555';
const ZITADEL_ROLES = 'urn:zitadel:iam:org:project:246813579:roles';

/**
 * Tokens of each provider that docs/identity.md has a recipe for, after the documentation or the
 * source of each.
 */
export const PROVIDER_TOKENS: Readonly<Record<string, ProviderTokens>> = {
  Keycloak: {
    issuer: 'https://login.example/realms/feast',
    common: { typ: 'Bearer', sub: '6f3c', aud: ['feast-server', 'account'] },
    accepted: {
      'a user': [
        {
          azp: 'ui',
          sid: 's1',
          preferred_username: 'alice',
          resource_access: { 'feast-server': { roles: ['fraud-reader'] } },
          realm_access: { roles: ['auditor'] },
          groups: ['/sre'],
        },
        { username: 'alice', roles: ['fraud-reader', 'auditor'], groups: ['/sre'] },
      ],
      'a client': [
        { azp: 'pipeline', preferred_username: 'service-account-pipeline' },
        { username: 'service-account-pipeline' },
      ],
    },
    refused: {
      'a lightweight token without a user name': [{ azp: 'ui', sid: 's1' }, 'claims.username'],
      'a token without an audience': [{ aud: undefined, preferred_username: 'a' }, 'mapper'],
      'an ID token': [{ typ: 'ID', preferred_username: 'alice' }, '`typ`'],
      'a refresh token': [{ typ: 'Refresh', preferred_username: 'alice' }, '`typ`'],
      'a token that is bound to a key': [{ preferred_username: 'a', cnf: { jkt: 'x' } }, '`cnf`'],
    },
  },
  'Microsoft Entra ID': {
    issuer: 'https://login.microsoftonline.com/TENANT/v2.0',
    common: { aud: ENTRA_API, ver: '2.0', tid: 'TENANT' },
    accepted: {
      'a user': [
        {
          oid: 'aaaa-1',
          sub: 'pairwise',
          azp: 'app',
          scp: 'features.read',
          preferred_username: 'alice@example.com',
          roles: ['Reader'],
          groups: ['bbbb-2'],
        },
        { username: 'aaaa-1', roles: ['Reader'], groups: ['bbbb-2'] },
      ],
      'a service principal': [
        { oid: 'cccc-3', sub: 'cccc-3', azp: 'pipeline', idtyp: 'app', roles: ['Writer'] },
        { username: 'cccc-3', roles: ['Writer'] },
      ],
    },
    refused: {
      'a v1.0 token': [{ iss: 'https://sts.windows.net/TENANT/', oid: 'a' }, '`iss`'],
      'a token for another API': [{ aud: 'https://graph.example', oid: 'a' }, '`aud`'],
      'an ID token with a nonce': [{ oid: 'a', nonce: 'n' }, '`nonce`'],
    },
  },
  Okta: {
    issuer: 'https://example.okta.com/oauth2/default',
    common: { ver: 1, aud: 'api://feast' },
    accepted: {
      'a user': [
        { sub: 'alice@example.com', uid: '00u1', cid: '0oa1', scp: ['openid'], groups: ['sre'] },
        { username: 'alice@example.com', groups: ['sre'] },
      ],
      'a user in one group, as a text': [
        { sub: 'alice@example.com', uid: '00u1', cid: '0oa1', groups: 'sre' },
        { username: 'alice@example.com', groups: ['sre'] },
      ],
      'a client': [{ sub: '0oa2', cid: '0oa2', scp: ['features'] }, { username: '0oa2' }],
    },
    refused: {
      'an ID token': [{ sub: '00u1', aud: '0oa1', preferred_username: 'alice' }, '`aud`'],
      'a token of the organization': [{ iss: 'https://example.okta.com', sub: 'a' }, '`iss`'],
    },
  },
  Auth0: {
    issuer: 'https://example.eu.auth0.com/',
    common: { aud: ['https://feast.example', 'https://example.eu.auth0.com/userinfo'] },
    accepted: {
      'a user': [
        {
          sub: 'auth0|1',
          azp: 'spa',
          scope: 'openid',
          'https://feast.example/roles': ['reader'],
          permissions: ['features:read'],
        },
        { username: 'auth0|1', roles: ['reader', 'features:read'] },
      ],
      'a client': [
        {
          sub: 'm2m@clients',
          azp: 'm2m',
          aud: 'https://feast.example',
          gty: 'client-credentials',
        },
        { username: 'm2m@clients' },
      ],
    },
    refused: {
      'an ID token': [{ sub: 'auth0|1', aud: 'spa' }, '`aud`'],
      'a token without a user': [{ azp: 'spa' }, 'claims.username'],
    },
  },
  'Amazon Cognito': {
    issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_POOL',
    common: { token_use: 'access', client_id: '3f9c1example' },
    accepted: {
      'a user': [
        {
          sub: 'aaaa',
          username: 'alice',
          scope: 'openid feast/read',
          'cognito:groups': ['sre'],
        },
        { username: 'alice', roles: ['openid', 'feast/read'], groups: ['sre'] },
      ],
      'a client': [
        { sub: '77b2example', client_id: '77b2example', scope: 'feast/write' },
        { username: '77b2example', roles: ['feast/write'] },
      ],
    },
    refused: {
      'a token for another client': [{ client_id: 'other', username: 'a' }, '`client_id`'],
      'an ID token': [
        { token_use: 'id', client_id: undefined, aud: '3f9c1example', username: 'a' },
        '`token_use`',
      ],
    },
  },
  Google: {
    issuer: 'https://accounts.google.com',
    common: {
      aud: '1234.apps.googleusercontent.com',
      azp: '1234.apps.googleusercontent.com',
      sub: '1098',
      at_hash: 'h',
      hd: 'example.com',
    },
    accepted: {
      'a user': [
        { email: 'alice@example.com', email_verified: true },
        { username: 'alice@example.com' },
      ],
      'a user, with the other spelling of the issuer': [
        { iss: 'accounts.google.com', email: 'alice@example.com', email_verified: true },
        { username: 'alice@example.com' },
      ],
    },
    refused: {
      'a user of another organization': [
        { hd: 'other.example', email: 'a@other.example', email_verified: true },
        '`hd`',
      ],
      'a service account': [
        { hd: undefined, email: 'x@p.iam.gserviceaccount.com', email_verified: true },
        '`hd`',
      ],
      'an address that is not verified': [
        { email: 'admin@example.com', email_verified: false },
        '`email_verified`',
      ],
      'a token for another application': [{ aud: '99.apps.googleusercontent.com' }, '`aud`'],
    },
  },
  Zitadel: {
    issuer: 'https://example.zitadel.cloud',
    common: { aud: ['app', '246813579'], client_id: 'app' },
    accepted: {
      'a user': [
        {
          sub: '1234',
          azp: 'app',
          [ZITADEL_ROLES]: { reader: { 98: 'acme.example' }, writer: { 98: 'acme.example' } },
        },
        { username: '1234', roles: ['reader', 'writer'] },
      ],
      'a service user with one role': [
        { sub: '5678', [ZITADEL_ROLES]: { reader: { 98: 'acme.example' } } },
        { username: '5678', roles: ['reader'] },
      ],
    },
    refused: {
      'a token for another project': [{ sub: '1234', aud: ['app', '1111'] }, '`aud`'],
      'an ID token': [{ sub: '1234', at_hash: 'h' }, '`at_hash`'],
    },
  },
  Dex: {
    issuer: 'https://dex.example',
    common: { aud: 'feast', sub: 'CgVhbGljZRIEbGRhcA', at_hash: 'h' },
    accepted: {
      'a user': [
        { email: 'alice@example.com', email_verified: true, groups: ['sre'], nonce: 'n' },
        { username: 'alice@example.com', groups: ['sre'] },
      ],
    },
    refused: {
      'an address that is not verified': [
        { email: 'alice@example.com', email_verified: false },
        '`email_verified`',
      ],
      'a token for another client': [
        { aud: 'other', email: 'a@example.com', email_verified: true },
        '`aud`',
      ],
    },
  },
  authentik: {
    issuer: 'https://auth.example/application/o/feast/',
    common: { aud: 'feast-server', azp: 'feast-server', sub: 'hash', uid: 'u', auth_time: 1 },
    accepted: {
      'a user': [
        { preferred_username: 'alice', groups: ['sre'], nonce: 'n', sid: 's', amr: ['pwd'] },
        { username: 'alice', groups: ['sre'] },
      ],
    },
    refused: {
      'a token without the claims of its user': [{ sid: 's' }, 'claims.username'],
      'a token of another application': [
        { iss: 'https://auth.example/application/o/other/', preferred_username: 'alice' },
        '`iss`',
      ],
    },
  },
  'GitLab CI/CD': {
    issuer: 'https://gitlab.example',
    common: {
      aud: 'https://feast.example',
      sub: 'project_path:ml/features:ref_type:branch:ref:main',
      namespace_path: 'ml',
      project_path: 'ml/features',
      user_login: 'alice',
      ref_protected: 'true',
    },
    accepted: {
      'a job': [{}, { username: 'ml/features', groups: ['ml'] }],
      'a job of an environment': [
        { environment: 'production' },
        { username: 'ml/features', roles: ['production'], groups: ['ml'] },
      ],
    },
    refused: {
      'a job of another group': [{ namespace_path: 'other' }, '`namespace_path`'],
      'a job of an unprotected branch': [{ ref_protected: 'false' }, '`ref_protected`'],
      'a token for another service': [{ aud: 'https://vault.example' }, '`aud`'],
    },
  },
  'GitHub Actions': {
    issuer: 'https://token.actions.githubusercontent.com',
    common: {
      aud: 'https://feast.example',
      sub: 'repo:acme/features:ref:refs/heads/main',
      repository: 'acme/features',
      repository_owner: 'acme',
      repository_owner_id: '1234567',
      ref: 'refs/heads/main',
    },
    accepted: {
      'a job': [{}, { username: 'acme/features', groups: ['acme'] }],
      'a job of an environment': [
        { environment: 'production' },
        { username: 'acme/features', roles: ['production'], groups: ['acme'] },
      ],
    },
    refused: {
      'a job of somebody else': [{ repository_owner_id: '7654321' }, '`repository_owner_id`'],
      'a job of a pull request': [{ ref: 'refs/pull/5/merge' }, '`ref`'],
      'a token for another service': [{ aud: 'https://github.com/acme' }, '`aud`'],
    },
  },
  'Ory Hydra': {
    issuer: 'https://hydra.example/',
    common: { aud: ['https://feast.example'], client_id: 'ui' },
    accepted: {
      'a user': [
        { sub: 'alice', scp: ['features'], ext: { roles: ['reader'], groups: ['sre'] } },
        { username: 'alice', roles: ['reader', 'features'], groups: ['sre'] },
      ],
      'a client': [
        { sub: 'pipeline', client_id: 'pipeline', scp: 'features write', ext: {} },
        { username: 'pipeline', roles: ['features', 'write'] },
      ],
    },
    refused: {
      'a token of a client without an audience': [{ sub: 'a', aud: [] }, 'no `aud`'],
      'an ID token': [{ sub: 'alice', aud: ['ui'], sid: 's' }, '`aud`'],
    },
  },
};
