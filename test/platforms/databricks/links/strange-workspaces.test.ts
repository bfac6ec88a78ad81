import { afterEach, expect, test } from 'vitest';
import type { HttpClient, HttpRequest, HttpResponse } from '../../../../src/identity/index.js';
import {
  applyLink,
  planLink,
  type RegistryLinks,
  rotateLink,
  type WorkspaceName,
} from '../../../../src/platforms/databricks/links/index.js';
import { createWorkspaceClient } from '../../../../src/platforms/databricks/workspace/index.js';
import { type LinkWorld, PROD_APP, startLinkWorld } from './link-world.js';

let world: LinkWorld;
afterEach(() => world.stop());

/** The links, with answers of one workspace changed on their way. */
function withAnswers(
  name: WorkspaceName,
  change: (request: HttpRequest, answer: HttpResponse) => HttpResponse | Promise<HttpResponse>,
): RegistryLinks {
  const { workspaces } = world.links;
  const ask = workspaces[name].httpClient as HttpClient;
  const httpClient: HttpClient = async (request) => change(request, await ask(request));
  const changed = { ...workspaces, [name]: { ...workspaces[name], httpClient } };
  return { ...world.links, workspaces: changed };
}

const tokensOfProd = async () =>
  (await world.admins.prod.tokenManagement.list()).filter(
    ({ created_by_username: who }) => who === PROD_APP,
  );

test('a level that is not known is left alone', async () => {
  world = await startLinkWorld();
  await applyLink(world.links);
  const links = withAnswers('prod', (_, answer) => ({
    ...answer,
    body: answer.body.replaceAll('CAN_READ', 'CAN_TRAIN'),
  }));
  const { changes, findings } = await planLink(links);
  expect(changes).toEqual([]);
  expect(findings).toMatchObject([{ rule: 'registry-level-unknown', workspace: 'prod' }]);
});

test('nothing is ended where the list of tokens does not show the new one', async () => {
  world = await startLinkWorld();
  await applyLink(world.links);
  const links = withAnswers('prod', (_, answer) => ({
    ...answer,
    body: answer.body.replaceAll('created_by_username', 'created_by'),
  }));
  await expect(rotateLink(links, { force: true })).rejects.toThrow('none was ended');
  expect(await tokensOfProd()).toHaveLength(2);
  const { plan } = await rotateLink(world.links);
  expect(plan.changes).toEqual([]);
  expect(await tokensOfProd()).toHaveLength(1);
});

test('a token that a run beside this one made later is not ended', async () => {
  world = await startLinkWorld();
  await applyLink(world.links);
  const [before] = await tokensOfProd();
  const { links } = world;
  const reader = createWorkspaceClient({
    ...links.workspaces.prod,
    tokens: links.readers.prod.tokens,
  });
  let beside: string | undefined;
  const meanwhile = withAnswers('staging', async ({ url, method }, answer) => {
    if (method === 'POST' && url.pathname.endsWith('/secrets/put')) {
      world.pass(1);
      const made = await reader.tokens.create({
        comment: before?.comment ?? '',
        lifetimeSeconds: 8_640_000,
      });
      beside = made.token_info.token_id;
    }
    return answer;
  });
  const { plan } = await rotateLink(meanwhile, { force: true });
  const left = (await tokensOfProd()).map(({ token_id: id }) => id);
  expect(left).toHaveLength(2);
  expect(left).toContain(beside);
  expect(left).not.toContain(before?.token_id);
  expect(plan.changes).toMatchObject([{ workspace: 'prod', reason: 'several' }]);
  expect((await rotateLink(links)).plan.changes).toEqual([]);
  expect(await tokensOfProd()).toHaveLength(1);
});

test('a token that was revoked meanwhile is accepted, and another failure is an error', async () => {
  world = await startLinkWorld();
  await applyLink(world.links);
  const failing = (status: number, code: string) =>
    withAnswers('prod', ({ method }, answer) =>
      method === 'DELETE' ? { ...answer, status, body: `{"error_code":"${code}"}` } : answer,
    );
  await rotateLink(failing(404, 'RESOURCE_DOES_NOT_EXIST'), { force: true });
  await expect(
    rotateLink(failing(403, 'PERMISSION_DENIED'), { force: true }),
  ).rejects.toMatchObject({ errorCode: 'PERMISSION_DENIED' });
});

test('what cannot be asked stops a plan, and is not taken for missing', async () => {
  world = await startLinkWorld();
  await applyLink(world.links);
  const links = withAnswers('staging', ({ url }, answer) =>
    url.pathname === '/api/2.0/permissions/authorization/tokens'
      ? { ...answer, status: 500, body: '{}' }
      : answer,
  );
  await expect(planLink(links)).rejects.toMatchObject({ code: 'ERR_WORKSPACE', status: 500 });
  let questions = 0;
  const later = withAnswers('prod', ({ url }, answer) => {
    questions += url.pathname.endsWith('/Me') ? 1 : 0;
    // The second one is asked with the token that is stored.
    return questions === 2 ? { ...answer, status: 500, body: '{}' } : answer;
  });
  await expect(planLink(later)).rejects.toMatchObject({ code: 'ERR_WORKSPACE', status: 500 });
});
