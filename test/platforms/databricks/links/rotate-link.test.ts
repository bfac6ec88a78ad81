import { afterEach, expect, test } from 'vitest';
import {
  applyLink,
  planLink,
  rotateLink,
} from '../../../../src/platforms/databricks/links/index.js';
import { createWorkspaceClient } from '../../../../src/platforms/databricks/workspace/index.js';
import {
  describeWorld,
  type LinkWorld,
  PLANNED,
  PROD_APP,
  readSecret,
  startLinkWorld,
  whoHas,
} from './link-world.js';

let world: LinkWorld;
afterEach(() => world.stop());

const prodToken = () => readSecret(world.admins.dev, 'remote-mr-prod', 'prod-token');

test('renews nothing before its time', async () => {
  world = await startLinkWorld();
  await applyLink(world.links);
  const before = await prodToken();
  world.pass(85);
  expect((await rotateLink(world.links)).changes).toEqual([]);
  expect(await prodToken()).toBe(before);
});

test('renews what ends soon, and ends what was there before', async () => {
  world = await startLinkWorld();
  await applyLink(world.links);
  const before = await prodToken();
  world.pass(87);
  const soon = await planLink(world.links);
  expect(soon.changes).toEqual([]);
  expect(soon.findings).toMatchObject([
    { rule: 'token-ends-soon', workspace: 'staging' },
    {
      rule: 'token-ends-soon',
      workspace: 'prod',
      message:
        'the token that reads the registry of prod ends at 2026-04-11T00:00:00.000Z: rotate it',
    },
  ]);
  const { changes, plan } = await rotateLink(world.links);
  expect(changes).toEqual([
    { kind: 'renew-token', workspace: 'staging', reason: 'due' },
    { kind: 'renew-token', workspace: 'prod', reason: 'due' },
  ]);
  expect(plan).toMatchObject({ changes: [], findings: [] });
  expect(plan.tokens.prod.expiresAt).toBe(Date.UTC(2026, 0, 1 + 87 + 100));
  expect(await describeWorld(world)).toEqual(PLANNED);
  expect(await whoHas(world.links.workspaces.prod, before)).toBeUndefined();
  expect(await whoHas(world.links.workspaces.prod, await prodToken())).toBe(PROD_APP);
});

test('applying renews what has ended already', async () => {
  world = await startLinkWorld();
  await applyLink(world.links);
  world.pass(101);
  const { changes } = await applyLink(world.links);
  expect(changes).toMatchObject([{ reason: 'none' }, { reason: 'none' }]);
  expect(await describeWorld(world)).toEqual(PLANNED);
});

test('renews when asked to', async () => {
  world = await startLinkWorld();
  await applyLink(world.links);
  const before = await prodToken();
  const seen: string[] = [];
  const onChange = ({ kind }: { readonly kind: string }) => seen.push(kind);
  const { changes } = await rotateLink(world.links, { force: true, onChange });
  expect(changes).toMatchObject([{ reason: 'asked' }, { reason: 'asked' }]);
  expect(seen).toEqual(['renew-token', 'renew-token']);
  expect(await prodToken()).not.toBe(before);
});

test('changes nothing but tokens', async () => {
  world = await startLinkWorld();
  await expect(rotateLink(world.links)).rejects.toThrow('have to be applied first');
  await applyLink(world.links);
  await world.admins.dev.secrets.deleteAcl({
    scope: 'remote-mr-prod',
    principal: 'mlops-service-principals',
  });
  const tokens = await world.admins.prod.tokenManagement.list();
  await expect(rotateLink(world.links, { force: true })).rejects.toMatchObject({
    code: 'ERR_WORKSPACE',
  });
  expect(await world.admins.prod.tokenManagement.list()).toEqual(tokens);
});

test('does not take a token for stored that was made after what is stored', async () => {
  world = await startLinkWorld();
  await applyLink(world.links);
  const { links, admins } = world;
  const reader = createWorkspaceClient({
    ...links.workspaces.prod,
    tokens: links.readers.prod.tokens,
  });
  const foreign = await reader.tokens.create({ comment: 'by hand' });
  for (const admin of [admins.dev, admins.staging]) {
    const secret = { scope: 'remote-mr-prod', key: 'prod-token', value: foreign.token_value };
    await admin.secrets.putSecret(secret);
  }
  const all = await admins.prod.tokenManagement.list();
  const ours = all.find(({ comment }) => comment?.startsWith('registry link'));
  await admins.prod.tokenManagement.delete(ours?.token_id ?? '');
  world.pass(1);
  // A run that broke off after it had made a token.
  await reader.tokens.create({ comment: ours?.comment ?? '', lifetimeSeconds: 8_640_000 });
  const { changes, plan } = await applyLink(links);
  expect(changes).toMatchObject([{ workspace: 'prod', reason: 'not-stored' }]);
  expect(plan.findings).toMatchObject([{ rule: 'tokens-of-no-link' }]);
  expect(await admins.prod.tokenManagement.list()).toHaveLength(3);
});

test('a token without end is due', async () => {
  world = await startLinkWorld({ hasEndlessTokens: true });
  await applyLink(world.links);
  const { links, admins } = world;
  const [ours] = (await admins.prod.tokenManagement.list()).filter(
    ({ created_by_username: who }) => who === PROD_APP,
  );
  await admins.prod.tokenManagement.delete(ours?.token_id ?? '');
  const reader = createWorkspaceClient({
    ...links.workspaces.prod,
    tokens: links.readers.prod.tokens,
  });
  const { token_value: value } = await reader.tokens.create({ comment: ours?.comment ?? '' });
  for (const admin of [admins.dev, admins.staging]) {
    await admin.secrets.putSecret({ scope: 'remote-mr-prod', key: 'prod-token', value });
  }
  expect((await planLink(links)).findings).toMatchObject([
    { rule: 'token-ends-soon', message: expect.stringContaining('has no end') },
  ]);
  expect((await rotateLink(links)).plan.findings).toEqual([]);
});
