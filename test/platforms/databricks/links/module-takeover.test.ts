import { afterEach, expect, test } from 'vitest';
import {
  applyLink,
  describeLinkChange,
  planLink,
  rotateLink,
  verifyLink,
} from '../../../../src/platforms/databricks/links/index.js';
import { createWorkspaceClient } from '../../../../src/platforms/databricks/workspace/index.js';
import { type LinkWorld, PROD_APP, startLinkWorld } from './link-world.js';

let world: LinkWorld;

afterEach(() => world.stop());

/** The links as the Terraform module leaves them: all is there, with tokens of its own comment. */
async function startModuleWorld(): Promise<LinkWorld> {
  world = await startLinkWorld({ links: { compatibility: 'terraform-module' } });
  const { links, admins } = world;
  await applyLink(links);
  for (const remote of ['staging', 'prod'] as const) {
    const admin = admins[remote];
    const { applicationId, tokens } = links.readers[remote];
    for (const { token_id: id, created_by_username: who } of await admin.tokenManagement.list()) {
      if (who === applicationId) await admin.tokenManagement.delete(id);
    }
    const reader = createWorkspaceClient({ ...links.workspaces[remote], tokens });
    const { token_value: value } = await reader.tokens.create({
      comment: `PAT on behalf of ${applicationId}`,
      lifetimeSeconds: 8_640_000,
    });
    const holders = remote === 'staging' ? [admins.dev] : [admins.dev, admins.staging];
    for (const holder of holders) {
      const scope = `remote-mr-${remote}`;
      await holder.secrets.putSecret({ scope, key: `${remote}-token`, value });
    }
  }
  // The module's code gives the group nothing.
  await admins.staging.secrets.deleteAcl({
    scope: 'remote-mr-prod',
    principal: 'mlops-service-principals',
  });
  return world;
}

const commentsOf = async ({ admins }: LinkWorld): Promise<readonly (string | undefined)[]> =>
  (await admins.prod.tokenManagement.list())
    .filter(({ created_by_username: who }) => who === PROD_APP)
    .map(({ comment }) => comment);

test('what the module made is as the file says while the module stays in charge', async () => {
  const { links } = await startModuleWorld();
  expect(await verifyLink(links)).toEqual([]);
});

test('the tokens of the module end after others are stored, and a plan names them', async () => {
  const { links, admins } = await startModuleWorld();
  const { compatibility: _, ...own } = links;
  const before = await admins.prod.tokenManagement.list();
  const [module] = before.filter(({ created_by_username: who }) => who === PROD_APP);
  const plan = await planLink(own);
  const kinds = plan.changes.map(({ kind }) => kind);
  expect(kinds.indexOf('end-module-tokens')).toBeGreaterThan(kinds.lastIndexOf('renew-token'));
  expect(plan.changes.map(describeLinkChange)).toContain(
    `end what the Terraform module made: token \`${module?.token_id}\``,
  );
  expect(await commentsOf(world)).toEqual([`PAT on behalf of ${PROD_APP}`]);

  const { plan: after } = await applyLink(own);
  expect(after.changes).toEqual([]);
  expect(after.findings.filter(({ rule }) => rule === 'tokens-of-no-link')).toEqual([]);
  expect(await commentsOf(world)).toEqual([expect.stringMatching(/^registry link /)]);
  expect((await rotateLink(own)).changes).toEqual([]);
});

test('a run that ends before the new token is stored leaves the token of the module', async () => {
  const { links } = await startModuleWorld();
  const { compatibility: _, ...own } = links;
  const readers = {
    ...own.readers,
    prod: {
      ...own.readers.prod,
      tokens: { getToken: async () => Promise.reject(new Error('no')) },
    },
  };
  await expect(applyLink({ ...own, readers })).rejects.toThrow();
  expect(await commentsOf(world)).toEqual([`PAT on behalf of ${PROD_APP}`]);
});

test('a reader that may create clusters is reported', async () => {
  world = await startLinkWorld();
  const { links, admins } = world;
  await admins.prod.request({
    method: 'POST',
    path: '/api/2.0/preview/scim/v2/ServicePrincipals',
    body: {
      displayName: 'reader',
      applicationId: PROD_APP,
      entitlements: [{ value: 'allow-cluster-create' }],
    },
  });
  await applyLink(links);
  expect(await verifyLink(links)).toMatchObject([
    { rule: 'reader-creates-clusters', workspace: 'prod' },
  ]);
});
