import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { letScoringQuery } from '../../../../examples/services/endpoint-access.js';
import { keepLinked, openLinks } from '../../../../examples/services/links.js';
import { registryLinks, showPlan } from '../../../../examples/services/registry-links.js';
import { parseEndpointFile } from '../../../../src/platforms/databricks/endpoints/index.js';
import { applyLink } from '../../../../src/platforms/databricks/links/index.js';
import { createStaticTokenProvider } from '../../../../src/platforms/databricks/tokens/index.js';
import { createWorkspaceClient } from '../../../../src/platforms/databricks/workspace/index.js';
import { startFakeWorkspace } from '../../../support/databricks/index.js';
import { startLinkWorld } from './link-world.js';

const ENV = {
  DEV_ADMIN_TOKEN: 'dapi-of-an-admin',
  STAGING_ADMIN_SECRET: 'secret-of-staging-admin',
  PROD_ADMIN_SECRET: 'secret-of-prod-admin',
  STAGING_READER_SECRET: 'secret-of-staging-reader',
  PROD_READER_AAD_TOKEN: 'aad-token-of-prod-reader',
  SCORING_SECRET: 'secret-of-scoring',
};

test('examples/services/links.yaml is read', async () => {
  const links = await openLinks('examples/services/links.yaml', ENV);
  expect(links).toMatchObject({
    additionalTokenUsageGroups: ['ml-platform'],
    readers: { prod: { workspaceId: '3333333333333333' } },
  });
  await expect(openLinks('examples/services/links.yaml', {})).rejects.toThrow('DEV_ADMIN_TOKEN');
});

test('examples/services/links.ts links, and renews in time', async () => {
  const world = await startLinkWorld();
  try {
    expect(await keepLinked(world.links)).toEqual([]);
    world.pass(90);
    expect(await keepLinked(world.links)).toEqual([
      'staging has a new token',
      'prod has a new token',
    ]);
    expect(await keepLinked(world.links)).toEqual([]);
  } finally {
    await world.stop();
  }
});

test('examples/services/registry-links.ts plans what its values say', async () => {
  const asked: string[] = [];
  const links = registryLinks((application) => {
    asked.push(application);
    return `secret-of-${application}`;
  });
  expect(asked).toEqual([
    'dev-admin',
    'staging-admin',
    'prod-admin',
    'staging-reader',
    'prod-reader',
  ]);
  expect(links).toMatchObject({
    workspaces: { dev: { host: expect.stringContaining('adb-1111') } },
    readers: { staging: { workspaceId: '2222222222222222' } },
  });
  const world = await startLinkWorld();
  try {
    // The same links, between workspaces that are there.
    const { workspaces, readers, now } = world.links;
    const here = { ...links, workspaces, readers, now };
    const lines = await showPlan(here);
    expect(lines).toContain('dev: create secret scope `remote-mr-staging`');
    expect(lines).toContain('prod: let group `ml-platform` have tokens (CAN_USE)');
    expect(lines).toHaveLength(27);
    await world.admins.staging.scim.createGroup({ displayName: 'ml-platform' });
    await world.admins.prod.scim.createGroup({ displayName: 'ml-platform' });
    await applyLink(here);
    expect(await showPlan(here)).toEqual([]);
  } finally {
    await world.stop();
  }
});

test('examples/services/endpoint-access lets a service principal query', async () => {
  const file = 'examples/services/endpoint-access.yaml';
  const { access, token } = parseEndpointFile(readFileSync(file, 'utf8'), { file, env: ENV });
  const [applicationId = ''] = access.servicePrincipals;
  expect(token?.request).toMatchObject({ applicationId, lifetimeSeconds: 3600 });
  const workspace = await startFakeWorkspace({
    servicePrincipals: [{ applicationId }],
    servingEndpoints: ['fraud'],
  });
  try {
    const connect = (value: string) =>
      createWorkspaceClient({
        host: workspace.origin,
        caCertPath: workspace.caCertPath,
        tokens: createStaticTokenProvider(value, { redaction: () => {} }),
      });
    expect(await letScoringQuery(connect(workspace.adminToken))).toEqual([]);
    const path = '/serving-endpoints/fraud/invocations';
    const scoring = connect(workspace.tokenOf(applicationId));
    expect(await scoring.request({ method: 'POST', path })).toEqual({ predictions: [1] });
  } finally {
    await workspace.stop();
  }
});

test('a file that says too little is refused at its place', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'links-'));
  try {
    const file = join(folder, 'links.yaml');
    writeFileSync(file, 'dev: {}\n');
    await expect(openLinks(file, ENV)).rejects.toThrow(`${file}:1:`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
