import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runScript } from './run-script.js';
import { findFreePort, startProcess } from './running-process.js';

/** A Keycloak with the realm `feast`, in memory. */
export interface Keycloak {
  readonly discoveryUrl: string;
  /** The client whose roles count, and that may ask for tokens of its own. */
  readonly client: { readonly id: string; readonly secret: string };
  readonly user: { readonly name: string; readonly password: string };
  /** What the token endpoint answers to the client. Rejects when it refuses. */
  readonly requestTokens: (form: Readonly<Record<string, string>>) => Promise<TokenAnswer>;
  /** Makes a new key the one that signs, and withdraws the one before. */
  readonly rotateKey: () => Promise<void>;
  /** Switches the user off or on. */
  readonly enableUser: (enabled: boolean) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** An answer of the token endpoint. */
export interface TokenAnswer {
  readonly access_token: string;
  readonly id_token?: string;
  readonly refresh_token?: string;
}

const ADMIN = { username: 'admin', password: 'admin-password' };
const CLIENT = { id: 'feast-server', secret: 'kc-example-secret-4f1d' };
const USER = { name: 'alice', password: 'alice-password' };
const REALM = 'feast';

/**
 * Starts Keycloak on a free port of the loopback interface, and makes the realm.
 *
 * @param moreRoles roles of the client that the user has beside its own
 * @throws Error that says what to install
 */
export async function startKeycloak(moreRoles: readonly string[] = []): Promise<Keycloak> {
  const home = await runScript('fetch-keycloak.sh');
  const folder = mkdtempSync(join(tmpdir(), 'feast-permissions-keycloak-'));
  const port = await findFreePort();
  const base = `http://127.0.0.1:${port}`;
  const server = await startProcess({
    command: join(home, 'bin', 'kc.sh'),
    arguments: [
      'start',
      '--optimized',
      '--http-enabled=true',
      '--http-host=127.0.0.1',
      `--http-port=${port}`,
      '--hostname-strict=false',
      '--cache=local',
    ],
    environment: {
      KC_BOOTSTRAP_ADMIN_USERNAME: ADMIN.username,
      KC_BOOTSTRAP_ADMIN_PASSWORD: ADMIN.password,
      JAVA_OPTS_KC_HEAP: '-Xms64m -Xmx512m',
    },
    log: join(folder, 'keycloak.log'),
    isReady: async () => (await fetch(`${base}/realms/master`)).ok,
    timeout: 300,
  });
  const stop = async (): Promise<void> => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await administrate(base, 'POST', '', realm(moreRoles));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    discoveryUrl: `${base}/realms/${REALM}/.well-known/openid-configuration`,
    client: CLIENT,
    user: USER,
    requestTokens: (form) =>
      requestTokens(base, REALM, { client_id: CLIENT.id, client_secret: CLIENT.secret, ...form }),
    rotateKey: () => rotateKey(base),
    enableUser: async (enabled) => {
      const path = `/${REALM}/users?exact=true&username=${USER.name}`;
      const [user] = (await administrate(base, 'GET', path)) as readonly { readonly id: string }[];
      await administrate(base, 'PUT', `/${REALM}/users/${user?.id}`, { enabled });
    },
    stop,
  };
}

async function requestTokens(
  base: string,
  realmName: string,
  form: Readonly<Record<string, string>>,
): Promise<TokenAnswer> {
  const response = await fetch(`${base}/realms/${realmName}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });
  const answer = (await response.json()) as TokenAnswer;
  if (!response.ok) throw new Error(`${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

/** Asks the administration API, whose paths start behind `/admin/realms`. */
async function administrate(
  base: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> {
  // The token of an administrator holds for a minute only: each question gets its own.
  const form = { grant_type: 'password', client_id: 'admin-cli', ...ADMIN };
  const { access_token: token } = await requestTokens(base, 'master', form);
  const response = await fetch(`${base}/admin/realms${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

async function rotateKey(base: string): Promise<void> {
  const provider = 'org.keycloak.keys.KeyProvider';
  const components = `/${REALM}/components`;
  const old = (await administrate(base, 'GET', `${components}?type=${provider}`)) as readonly {
    readonly id: string;
    readonly providerId: string;
  }[];
  await administrate(base, 'POST', components, {
    name: `rsa-${Date.now()}`,
    providerId: 'rsa-generated',
    providerType: provider,
    config: { priority: [String(Date.now())], enabled: ['true'], active: ['true'] },
  });
  for (const { id, providerId } of old) {
    if (providerId === 'rsa-generated') await administrate(base, 'DELETE', `${components}/${id}`);
  }
}

/**
 * A realm with client roles, realm roles, nested groups, namespaces as an attribute, a user and a
 * service account.
 */
function realm(moreRoles: readonly string[]): unknown {
  const inTokens = { 'access.token.claim': 'true', 'id.token.claim': 'true' };
  const mapper = (
    name: string,
    protocolMapper: string,
    config: Readonly<Record<string, string>>,
  ): unknown => ({ name, protocol: 'openid-connect', protocolMapper, config });
  return {
    realm: REALM,
    enabled: true,
    accessTokenLifespan: 60,
    roles: {
      realm: [{ name: 'auditor' }],
      client: {
        [CLIENT.id]: ['fraud-reader', 'fraud-writer', ...moreRoles].map((name) => ({ name })),
      },
    },
    groups: [{ name: 'risk-team' }, { name: 'platform', subGroups: [{ name: 'sre' }] }],
    clients: [
      {
        clientId: CLIENT.id,
        secret: CLIENT.secret,
        publicClient: false,
        standardFlowEnabled: false,
        directAccessGrantsEnabled: true,
        serviceAccountsEnabled: true,
        protocolMappers: [
          mapper('groups', 'oidc-group-membership-mapper', {
            ...inTokens,
            'claim.name': 'groups',
            'full.path': 'false',
          }),
          mapper('audience', 'oidc-audience-mapper', {
            'included.client.audience': CLIENT.id,
            'access.token.claim': 'true',
          }),
          mapper('namespaces', 'oidc-hardcoded-claim-mapper', {
            ...inTokens,
            'claim.name': 'feast.namespaces',
            'claim.value': '["fraud"]',
            'jsonType.label': 'JSON',
          }),
        ],
      },
    ],
    users: [
      {
        username: USER.name,
        enabled: true,
        emailVerified: true,
        email: 'alice@example.org',
        firstName: 'Alice',
        lastName: 'Example',
        credentials: [{ type: 'password', value: USER.password, temporary: false }],
        realmRoles: ['auditor'],
        clientRoles: { [CLIENT.id]: ['fraud-reader', ...moreRoles] },
        groups: ['/risk-team', '/platform/sre'],
      },
      {
        username: `service-account-${CLIENT.id}`,
        enabled: true,
        serviceAccountClientId: CLIENT.id,
        clientRoles: { [CLIENT.id]: ['fraud-writer'] },
      },
    ],
  };
}
