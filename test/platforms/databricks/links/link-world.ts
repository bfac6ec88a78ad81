import { readFileSync } from 'node:fs';
import { Agent, request as requestHttps } from 'node:https';
import type { HttpClient, IdentitySecret } from '../../../../src/identity/index.js';
import { HttpError } from '../../../../src/net/http-client.js';
import type {
  RegistryLinks,
  WorkspaceName,
} from '../../../../src/platforms/databricks/links/index.js';
import { createStaticTokenProvider } from '../../../../src/platforms/databricks/tokens/index.js';
import {
  createWorkspaceClient,
  type WorkspaceClient,
  type WorkspaceClientOptions,
} from '../../../../src/platforms/databricks/workspace/index.js';
import {
  type FakeEntra,
  type FakeWorkspace,
  startFakeWorkspace,
} from '../../../support/databricks/index.js';

export const NAMES: readonly WorkspaceName[] = ['dev', 'staging', 'prod'];
export const STAGING_APP = '7f3a1c52-0d4e-4b8f-9a61-2c5d7e8f9011';
export const PROD_APP = '7f3a1c52-0d4e-4b8f-9a61-2c5d7e8f9022';
const IDS = { dev: '1001', staging: '1002', prod: '1003' };
const ENTRA_TOKENS = new Map([
  ['entra-token-of-staging', STAGING_APP],
  ['entra-token-of-prod', PROD_APP],
]);
const DATABRICKS_SCOPE = '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/.default';

const READER = 'READ-only Model Registry Service Principal';
export const ADMIN = 'admin@example.org';
export const GROUP = 'mlops-service-principals';

const STAGING_KEYS = ['staging-host', 'staging-token', 'staging-workspace-id'];
const PROD_KEYS = ['prod-host', 'prod-token', 'prod-workspace-id'];
const ACLS = [`${ADMIN}: MANAGE`, `${GROUP}: READ`];

/** What the links are by the document of the module, but that scopes are not open to everyone. */
export const PLANNED = {
  dev: {
    scopes: {
      'remote-mr-staging': { acls: ACLS, keys: STAGING_KEYS },
      'remote-mr-prod': { acls: ACLS, keys: PROD_KEYS },
    },
    groups: [[]],
    principals: [],
    registry: [],
    tokenUsage: [],
    tokens: [],
  },
  staging: {
    scopes: { 'remote-mr-prod': { acls: ACLS, keys: PROD_KEYS } },
    groups: [[READER]],
    principals: [[STAGING_APP, READER]],
    registry: [`${STAGING_APP}: CAN_READ`],
    tokenUsage: [`${GROUP}: CAN_USE`],
    tokens: [STAGING_APP, ADMIN],
  },
  prod: {
    scopes: {},
    groups: [[READER]],
    principals: [[PROD_APP, READER]],
    registry: [`${PROD_APP}: CAN_READ`],
    tokenUsage: [`${GROUP}: CAN_USE`],
    tokens: [PROD_APP, ADMIN],
  },
};

/**
 * Three workspaces on the loopback interface, of which staging and production have one token, of
 * their admin.
 */
export interface LinkWorld {
  readonly workspaces: Readonly<Record<WorkspaceName, FakeWorkspace>>;
  readonly admins: Readonly<Record<WorkspaceName, WorkspaceClient>>;
  readonly links: RegistryLinks;
  /** What was registered to be masked. */
  readonly masked: IdentitySecret[];
  /** Sets the clock of all of them forward. */
  readonly pass: (days: number) => void;
  readonly stop: () => Promise<void>;
}

export async function startLinkWorld(
  options: {
    readonly withTokens?: boolean;
    readonly links?: Partial<RegistryLinks>;
    /** In place of one that knows the tokens `entra-token-of-…`. */
    readonly entra?: FakeEntra;
    /** In place of a clock that stands still. */
    readonly now?: () => number;
    readonly hasEndlessTokens?: boolean;
  } = {},
): Promise<LinkWorld> {
  let time = Date.UTC(2026, 0, 1);
  const now = options.now ?? ((): number => time);
  const entra = options.entra ?? ({ readToken } as FakeEntra);
  const start = (name: WorkspaceName) =>
    startFakeWorkspace({
      workspaceId: IDS[name],
      groups: ['ml-team'],
      entra,
      now,
      hasEndlessTokens: options.hasEndlessTokens === true,
    });
  const workspaces = {
    dev: await start('dev'),
    staging: await start('staging'),
    prod: await start('prod'),
  };
  const masked: IdentitySecret[] = [];
  const agent = new Agent({ keepAlive: true, ca: readFileSync(workspaces.dev.caCertPath) });
  const connect = (name: WorkspaceName): WorkspaceClientOptions => ({
    host: workspaces[name].origin,
    httpClient: createKeptClient(agent),
    tokens: createStaticTokenProvider(workspaces[name].adminToken, { redaction: () => {} }),
    // One request is one request: what breaks off is not tried again.
    maxAttempts: 1,
    redaction: (secret) => masked.push(secret),
    now,
  });
  const all = { dev: connect('dev'), staging: connect('staging'), prod: connect('prod') };
  const admins = {
    dev: createWorkspaceClient(all.dev),
    staging: createWorkspaceClient(all.staging),
    prod: createWorkspaceClient(all.prod),
  };
  if (options.withTokens !== false) {
    await admins.staging.tokens.create({ comment: 'of an admin' });
    await admins.prod.tokens.create({ comment: 'of an admin' });
  }
  const reader = (applicationId: string, name: 'staging' | 'prod') => ({
    applicationId,
    workspaceId: IDS[name],
    tokens: createStaticTokenProvider(`entra-token-of-${name}`, { redaction: () => {} }),
  });
  return {
    workspaces,
    admins,
    links: {
      workspaces: all,
      readers: { staging: reader(STAGING_APP, 'staging'), prod: reader(PROD_APP, 'prod') },
      now,
      ...options.links,
    },
    masked,
    pass: (days) => {
      time += days * 24 * 60 * 60 * 1000;
    },
    stop: async () => {
      agent.destroy();
      for (const name of NAMES) await workspaces[name].stop();
    },
  };
}

/** What the three workspaces hold that links are made of, without times, ids and tokens. */
export async function describeWorld({ admins }: LinkWorld): Promise<unknown> {
  const described: Record<string, unknown> = {};
  for (const name of NAMES) {
    const admin = admins[name];
    const scopes: Record<string, unknown> = {};
    for (const { name: scope } of await admin.secrets.listScopes()) {
      const acls = await admin.secrets.listAcls(scope);
      const secrets = await admin.secrets.listSecrets(scope);
      scopes[scope] = {
        acls: acls.map(({ principal, permission }) => `${principal}: ${permission}`).toSorted(),
        keys: secrets.map(({ key }) => key).toSorted(),
      };
    }
    const groups = await admin.scim.listGroups({
      attribute: 'displayName',
      value: 'mlops-service-principals',
    });
    const principals = await admin.scim.listServicePrincipals();
    const registry = await admin.permissions.get('registered-models', 'root');
    const tokens = await admin.tokenManagement.list();
    described[name] = {
      scopes,
      groups: groups.map(({ members }) => members.map(({ display }) => display)),
      principals: principals.map(({ applicationId, displayName }) => [applicationId, displayName]),
      registry: own(registry.access_control_list),
      tokenUsage:
        tokens.length === 0
          ? []
          : own((await admin.permissions.get('authorization', 'tokens')).access_control_list),
      tokens: tokens.map(({ created_by_username: who }) => who ?? '').toSorted(),
    };
  }
  return described;
}

function own(
  list: Awaited<ReturnType<WorkspaceClient['permissions']['get']>>['access_control_list'],
): readonly string[] {
  return list.flatMap(({ group_name, service_principal_name, user_name, all_permissions }) =>
    all_permissions
      .filter(({ inherited }) => !inherited)
      .map(({ permission_level: level }) => {
        const who = group_name ?? service_principal_name ?? user_name ?? '';
        return `${who}: ${level}`;
      }),
  );
}

/** A secret of a scope. */
export async function readSecret(
  admin: WorkspaceClient,
  scope: string,
  key: string,
): Promise<string> {
  const { value } = await admin.secrets.getSecret({ scope, key });
  return Buffer.from(value, 'base64').toString('utf8');
}

/** Who a workspace says has a token; undefined: it is not accepted. */
export async function whoHas(
  options: WorkspaceClientOptions,
  token: string,
): Promise<string | undefined> {
  const tokens = createStaticTokenProvider(token, { redaction: () => {} });
  try {
    const { userName } = await createWorkspaceClient({
      ...options,
      tokens,
    }).scim.currentUser();
    return userName;
  } catch {
    return undefined;
  }
}

function readToken(token: string): { clientId: string; scope: string } | undefined {
  const clientId = ENTRA_TOKENS.get(token);
  return clientId === undefined ? undefined : { clientId, scope: DATABRICKS_SCOPE };
}

/** A client that keeps its connections, so that thousands of requests take seconds. */
function createKeptClient(agent: Agent): HttpClient {
  return ({ url, method = 'GET', headers, body }) =>
    new Promise((resolve, reject) => {
      const request = requestHttps(url, { agent, method, headers: { ...headers } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', () => reject(new HttpError('broke off its answer')));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            retryAfter: response.headers['retry-after'],
            body: Buffer.concat(chunks).toString('utf8'),
            headers: response.headers,
          }),
        );
      });
      request.on('error', () => reject(new HttpError('cannot be reached')));
      request.end(body);
    });
}
