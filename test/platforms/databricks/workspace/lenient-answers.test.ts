import { describe, expect, test } from 'vitest';
import { isMissing } from '../../../../src/platforms/databricks/links/read-workspace.js';
import {
  createWorkspaceClient,
  type WorkspaceClient,
} from '../../../../src/platforms/databricks/workspace/index.js';

/** A workspace that answers everything with one body. */
function answering(body: unknown, status = 200): WorkspaceClient {
  const text = JSON.stringify(body);
  return createWorkspaceClient({
    host: 'https://dbc-1.cloud.databricks.com',
    tokens: { getToken: async () => ({ token: 'dapi-example', expiresAt: Date.now() + 60_000 }) },
    httpClient: async () => ({ status, headers: {}, retryAfter: undefined, body: text }),
    redaction: () => {},
    maxAttempts: 1,
  });
}

describe('an answer that leaves something out is read', () => {
  test('grants of a principal that is deleted', async () => {
    const grants = answering({
      privilege_assignments: [
        { principal_id: 77, privileges: ['ACCESS'] },
        { principal: '', principal_id: '78', privileges: null },
        { principal: 'a@example.org', privileges: ['ACCESS'] },
      ],
    }).grants;
    expect(await grants.get('credential', 'vault')).toEqual([
      { principal: '', principal_id: '77', privileges: ['ACCESS'] },
      { principal: '', principal_id: '78', privileges: [] },
      { principal: 'a@example.org', privileges: ['ACCESS'] },
    ]);
  });

  test('permissions without levels', async () => {
    const { permissions } = answering({
      access_control_list: [
        { group_name: 'admins', all_permissions: [{ inherited: true }] },
        { user_name: 'a@example.org', display_name: null, all_permissions: null },
        { user_name: 'b@example.org' },
      ],
    });
    const { access_control_list: list } = await permissions.get('authorization', 'tokens');
    expect(list.map(({ all_permissions: held }) => held)).toEqual([
      // SECURITY: it is known to be held, and is no level that the type has.
      [{ permission_level: '(unreadable)', inherited: true, inherited_from_object: undefined }],
      [],
      [],
    ]);
  });

  test('a SCIM list without a total, and with null', async () => {
    const pages = [
      { Resources: [{ id: '1', displayName: null, groups: null, active: null }] },
      { Resources: null },
    ];
    const { scim } = createWorkspaceClient({
      host: 'https://dbc-1.cloud.databricks.com',
      tokens: { getToken: async () => ({ token: 'dapi-example', expiresAt: Date.now() + 60_000 }) },
      httpClient: async () => {
        const body = JSON.stringify(pages.shift() ?? {});
        return { status: 200, headers: {}, retryAfter: undefined, body };
      },
      redaction: () => {},
    });
    expect(await scim.listServicePrincipals()).toMatchObject([{ id: '1', groups: [] }]);
    expect(pages).toEqual([]);
  });

  test('tokens with null and with numbers as texts', async () => {
    const info = {
      token_id: 't',
      comment: null,
      created_by_id: '123',
      owner_id: 124,
      expiry_time: null,
      last_used_day: 1_796_000_000_000,
      scopes: ['all-apis'],
    };
    expect(await answering({ token_infos: [info] }).tokenManagement.list()).toEqual([
      {
        token_id: 't',
        comment: undefined,
        created_by_id: 123,
        created_by_username: undefined,
        owner_id: 124,
        creation_time: undefined,
        expiry_time: undefined,
        last_used_day: 1_796_000_000_000,
        scopes: ['all-apis'],
      },
    ]);
  });
});

test.each([
  [404, { error_code: 'RESOURCE_DOES_NOT_EXIST' }, true],
  [404, { error_code: 'NOT_FOUND' }, true],
  [404, { detail: 'gone', status: '404' }, true],
  [400, { error_code: 'RESOURCE_DOES_NOT_EXIST' }, true],
  [403, { error_code: 'PERMISSION_DENIED' }, false],
  [500, {}, false],
])('status %i with %j is missing: %s', async (status, body, expected) => {
  const error = await answering(body, status)
    .secrets.listScopes()
    .catch((reason: unknown) => reason);
  expect(isMissing(error)).toBe(expected);
});
