import { afterEach, describe, expect, test } from 'vitest';
import { CredentialUnavailableError } from '../../../../src/model/index.js';
import {
  applyLink,
  describeLinkChange,
  planLink,
  type RegistryLinks,
  verifyLink,
} from '../../../../src/platforms/databricks/links/index.js';
import { createStaticTokenProvider } from '../../../../src/platforms/databricks/tokens/index.js';
import { createWorkspaceClient } from '../../../../src/platforms/databricks/workspace/index.js';
import {
  ADMIN,
  describeWorld,
  GROUP,
  type LinkWorld,
  PLANNED,
  PROD_APP,
  readSecret,
  STAGING_APP,
  startLinkWorld,
  whoHas,
} from './link-world.js';

let world: LinkWorld;
afterEach(() => world.stop());

test('puts everything in place, and then has nothing more to do', async () => {
  world = await startLinkWorld();
  const { changes, plan } = await applyLink(world.links);
  expect(await describeWorld(world)).toEqual(PLANNED);
  expect(changes).toHaveLength(25);
  expect(plan).toMatchObject({ changes: [], findings: [], blocked: [] });
  expect(await verifyLink(world.links)).toEqual([]);
  expect((await applyLink(world.links)).changes).toEqual([]);
  expect(await describeWorld(world)).toEqual(PLANNED);
});

test('stores addresses, numbers and tokens that work', async () => {
  world = await startLinkWorld();
  await applyLink(world.links);
  const { admins, workspaces, links } = world;
  const token = await readSecret(admins.dev, 'remote-mr-prod', 'prod-token');
  expect(await readSecret(admins.staging, 'remote-mr-prod', 'prod-token')).toBe(token);
  expect(await whoHas(links.workspaces.prod, token)).toBe(PROD_APP);
  expect(await readSecret(admins.dev, 'remote-mr-staging', 'staging-workspace-id')).toBe('1002');
  expect(await readSecret(admins.dev, 'remote-mr-prod', 'prod-host')).toBe(workspaces.prod.origin);
  const [info] = (await admins.prod.tokenManagement.list()).filter(
    ({ created_by_username: who }) => who === PROD_APP,
  );
  expect(info).toMatchObject({
    comment:
      'registry link remote-mr-prod for 1001, 1002; made 2026-01-01T00:00:00Z, ends 2026-04-11T00:00:00Z',
    expiry_time: Date.UTC(2026, 0, 1) + 8_640_000_000,
  });
  expect(world.masked.some(({ value }) => value === token)).toBe(true);
});

test('a plan reads, and changes nothing', async () => {
  world = await startLinkWorld();
  const before = await describeWorld(world);
  const sent = world.workspaces.dev.journal.length;
  const { changes, outputs } = await planLink(world.links);
  expect(changes.map(describeLinkChange)).toContain('create secret scope `remote-mr-staging`');
  expect(outputs.service_principal_group_name).toBe(GROUP);
  const methods = world.workspaces.dev.journal.slice(sent).map(({ method }) => method);
  expect(new Set(methods)).toEqual(new Set(['GET']));
  expect(await describeWorld(world)).toEqual(before);
});

test('with the module, everyone may read, and development has no group', async () => {
  world = await startLinkWorld({ links: { compatibility: 'terraform-module' } });
  await applyLink(world.links);
  const described = (await describeWorld(world)) as typeof PLANNED;
  expect(described.dev.groups).toEqual([]);
  expect(described.dev.scopes['remote-mr-staging'].acls).toEqual([
    `${ADMIN}: MANAGE`,
    'users: READ',
  ]);
  expect(described.staging.scopes['remote-mr-prod'].acls).toEqual([
    `${ADMIN}: MANAGE`,
    `${GROUP}: READ`,
    'users: READ',
  ]);
  expect(await verifyLink(world.links)).toEqual([]);
  const { compatibility: _, ...ours } = world.links;
  expect((await verifyLink(ours)).map(({ rule, workspace }) => [rule, workspace])).toEqual([
    ['change-missing', 'dev'],
    ['change-missing', 'dev'],
    ['change-missing', 'dev'],
    ['scope-open-to-everyone', 'dev'],
    ['scope-open-to-everyone', 'dev'],
    ['scope-open-to-everyone', 'staging'],
  ]);
});

test('adds users of tokens and keeps those that are there', async () => {
  world = await startLinkWorld({ links: { additionalTokenUsageGroups: ['users'] } });
  const { prod } = world.admins;
  await prod.permissions.patch('authorization', 'tokens', [
    { group_name: 'ml-team', permission_level: 'CAN_USE' },
  ]);
  await applyLink(world.links);
  expect(await describeWorld(world)).toMatchObject({
    staging: { tokenUsage: [`${GROUP}: CAN_USE`, 'users: CAN_USE'] },
    prod: { tokenUsage: ['ml-team: CAN_USE', `${GROUP}: CAN_USE`, 'users: CAN_USE'] },
  });
});

test('never lowers a level, and says that it is stronger', async () => {
  world = await startLinkWorld();
  const { staging, dev } = world.admins;
  await applyLink(world.links);
  await staging.permissions.patch('registered-models', 'root', [
    { service_principal_name: STAGING_APP, permission_level: 'CAN_EDIT' },
  ]);
  await dev.secrets.putAcl({ scope: 'remote-mr-prod', principal: GROUP, permission: 'WRITE' });
  await dev.secrets.putAcl({ scope: 'remote-mr-prod', principal: 'users', permission: 'READ' });
  const { changes, plan } = await applyLink(world.links);
  expect(changes).toEqual([]);
  expect(plan.findings.map(({ rule }) => rule)).toEqual([
    'registry-level-stronger',
    'scope-level-stronger',
    'scope-open-to-everyone',
  ]);
});

describe('mends', () => {
  test.each<[string, (world: LinkWorld) => Promise<void>, readonly string[]]>([
    [
      'a token that was ended',
      async ({ admins }) => {
        for (const {
          token_id: id,
          created_by_username: who,
        } of await admins.prod.tokenManagement.list())
          if (who === PROD_APP) await admins.prod.tokenManagement.delete(id);
      },
      ['renew-token none'],
    ],
    [
      'another token in one scope',
      ({ admins }) =>
        admins.staging.secrets.putSecret({
          scope: 'remote-mr-prod',
          key: 'prod-token',
          value: 'dapi-of-another',
        }),
      ['renew-token not-stored'],
    ],
    [
      'the token of an admin',
      async ({ admins }) => {
        const { token_value: value } = await admins.staging.tokens.create();
        const secret = { scope: 'remote-mr-staging', key: 'staging-token', value };
        await admins.dev.secrets.putSecret(secret);
      },
      ['renew-token not-accepted'],
    ],
    [
      'what is no token',
      ({ admins }) =>
        admins.dev.secrets.putSecret({
          scope: 'remote-mr-staging',
          key: 'staging-token',
          value: 'two words\n',
        }),
      ['renew-token not-accepted'],
    ],
    [
      'another address',
      ({ admins }) =>
        admins.dev.secrets.putSecret({
          scope: 'remote-mr-staging',
          key: 'staging-host',
          value: 'https://elsewhere.example',
        }),
      ['put-secret'],
    ],
    [
      'a scope that is gone',
      ({ admins }) => admins.dev.secrets.deleteScope('remote-mr-staging'),
      ['create-scope', 'grant-scope', 'put-secret', 'put-secret', 'renew-token not-stored'],
    ],
    [
      'an access that is gone',
      ({ admins }) => admins.dev.secrets.deleteAcl({ scope: 'remote-mr-prod', principal: GROUP }),
      ['grant-scope'],
    ],
    [
      'a service principal that left the group',
      async ({ admins: { prod } }) => {
        const [group] = await prod.scim.listGroups({ attribute: 'displayName', value: GROUP });
        const members = group?.members.map(({ value }) => value) ?? [];
        await prod.scim.removeGroupMembers(group?.id ?? '', members);
      },
      ['add-member'],
    ],
  ])('%s', async (_, damage, expected) => {
    world = await startLinkWorld();
    await applyLink(world.links);
    await damage(world);
    const { changes, plan } = await applyLink(world.links);
    expect(
      changes.map((change) =>
        'reason' in change ? `${change.kind} ${change.reason}` : change.kind,
      ),
    ).toEqual(expected);
    expect(plan).toMatchObject({ changes: [], findings: [] });
    const described = await describeWorld(world);
    // One test leaves a second token of an admin behind.
    const tokens = expect.arrayContaining([STAGING_APP, ADMIN]);
    expect(described).toMatchObject({
      ...PLANNED,
      staging: { ...PLANNED.staging, tokens },
    });
  });
});

describe('does nothing', () => {
  const cases: readonly [string, (world: LinkWorld) => RegistryLinks, string][] = [
    [
      'where a number of a workspace is wrong',
      ({ links }) => ({
        ...links,
        readers: { ...links.readers, prod: { ...links.readers.prod, workspaceId: '77' } },
      }),
      'the workspace of prod is 1003, not 77',
    ],
    [
      'where two workspaces are one',
      ({ links }) => ({
        ...links,
        workspaces: { ...links.workspaces, dev: links.workspaces.prod },
      }),
      'two of the workspaces are the same one',
    ],
  ];
  test.each(cases)('%s', async (_, change, message) => {
    world = await startLinkWorld();
    const before = await describeWorld(world);
    const links = change(world);
    expect((await planLink(links)).blocked).toEqual([message]);
    await expect(applyLink(links)).rejects.toMatchObject({
      code: 'ERR_WORKSPACE',
      message: expect.stringContaining(message),
    });
    expect(await describeWorld(world)).toEqual(before);
  });

  test('before there is a personal access token', async () => {
    world = await startLinkWorld({ withTokens: false });
    const before = await describeWorld(world);
    await expect(applyLink(world.links)).rejects.toThrow(
      'the workspace of staging has no personal access tokens',
    );
    expect((await planLink(world.links)).blocked).toHaveLength(2);
    expect(await describeWorld(world)).toEqual(before);
  });

  test('with a scope that is backed by a vault', async () => {
    world = await startLinkWorld();
    await world.admins.dev.request({
      method: 'POST',
      path: '/api/2.0/secrets/scopes/create',
      body: {
        scope: 'remote-mr-prod',
        backend_azure_keyvault: { resource_id: '/r', dns_name: 'https://v.vault.azure.net/' },
      },
    });
    await expect(applyLink(world.links)).rejects.toThrow('backed by a vault');
    expect(await verifyLink(world.links)).toContainEqual({
      rule: 'blocked',
      workspace: 'all',
      message: 'secret scope `remote-mr-prod` of dev is backed by a vault, and cannot be written',
    });
    const asked = world.workspaces.dev.journal.filter(({ path }) =>
      path.startsWith('/api/2.0/secrets/list'),
    );
    expect(asked).toEqual([]);
  });

  test('where the workspace is another one than what is stored', async () => {
    world = await startLinkWorld();
    await applyLink(world.links);
    const { links } = world;
    const moved = { ...links.readers.prod, workspaceId: '77' };
    for (const name of ['dev', 'staging'] as const) {
      const secret = { scope: 'remote-mr-prod', key: 'prod-workspace-id', value: '77' };
      await world.admins[name].secrets.putSecret(secret);
    }
    const readers = { ...links.readers, prod: moved };
    expect(await verifyLink({ ...links, readers })).toMatchObject([
      { rule: 'blocked', message: 'the workspace of prod is 1003, not 77' },
    ]);
  });

  test('without a token to ask as a reader', async () => {
    world = await startLinkWorld();
    const { links } = world;
    const before = await describeWorld(world);
    const tokens = { getToken: () => Promise.reject(new CredentialUnavailableError('none')) };
    const readers = { ...links.readers, prod: { ...links.readers.prod, tokens } };
    await expect(applyLink({ ...links, readers })).rejects.toMatchObject({
      code: 'ERR_CREDENTIAL_UNAVAILABLE',
    });
    expect(await describeWorld(world)).toEqual(before);
  });

  test('with tokens of somebody else than the reader', async () => {
    world = await startLinkWorld();
    const { links, workspaces } = world;
    const tokens = createStaticTokenProvider(workspaces.prod.adminToken, { redaction: () => {} });
    const prod = { ...links.readers.prod, tokens };
    await expect(
      applyLink({ ...links, readers: { ...links.readers, prod } }),
    ).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' });
    const { prod: described } = (await describeWorld(world)) as typeof PLANNED;
    expect(described.tokens).toEqual([ADMIN]);
  });
});

test('leaves tokens of other links alone, and says what belongs to none', async () => {
  world = await startLinkWorld();
  await applyLink(world.links);
  const { links, admins } = world;
  const reader = { ...links.workspaces.prod, tokens: links.readers.prod.tokens };
  const asReader = createWorkspaceClient(reader);
  await asReader.tokens.create({ comment: 'registry link remote-mr-prod for 9, 8; made today' });
  await asReader.tokens.create({ comment: 'for me' });
  const { changes, plan } = await applyLink(links);
  expect(changes).toEqual([]);
  expect(plan.findings).toMatchObject([{ rule: 'tokens-of-no-link', workspace: 'prod' }]);
  expect(await admins.prod.tokenManagement.list()).toHaveLength(4);
});

test.each<[string, Partial<RegistryLinks>]>([
  ['a compatibility that is none', { compatibility: 'other' as 'terraform-module' }],
  ['a group without a name', { additionalTokenUsageGroups: [''] }],
  ['a life of no length', { tokenLifetimeSeconds: 0 }],
  ['a renewal before the token is made', { renewWithinSeconds: 8_640_000 }],
])('refuses %s', async (_, change) => {
  world = await startLinkWorld({ links: change });
  await expect(planLink(world.links)).rejects.toThrow(TypeError);
});

test('refuses a reader that is given by its name', async () => {
  world = await startLinkWorld();
  const { readers } = world.links;
  const prod = { ...readers.prod, applicationId: 'reader' };
  await expect(planLink({ ...world.links, readers: { ...readers, prod } })).rejects.toThrow(
    'application ID',
  );
});

test('refuses a workspace that is given by its name', async () => {
  world = await startLinkWorld();
  const { readers } = world.links;
  const prod = { ...readers.prod, workspaceId: 'prod' };
  await expect(planLink({ ...world.links, readers: { ...readers, prod } })).rejects.toThrow(
    'the workspaceId of prod must be a number',
  );
});
