// Who may do what, asserted in a team's own tests.
import { createAuthorizer } from 'feast-permissions';
import { loadFeatureStore } from 'feast-permissions/registry';
import { feastPermissionMatchers } from 'feast-permissions/testing';
import { beforeAll, expect, test } from 'vitest';

expect.extend(feastPermissionMatchers);

const trusted = { username: 'ann', roles: ['trusted'] };
const risky = { type: 'FeatureView', name: 'merchant_risky_profile' } as const;
let authorizer: ReturnType<typeof createAuthorizer>;

beforeAll(async () => {
  const { snapshotOptions } = await loadFeatureStore(
    'examples/credit_scoring/feature_store_oidc.yaml',
  );
  authorizer = createAuthorizer(snapshotOptions);
});

test('the trusted read risky features offline, and no other way', () => {
  expect(authorizer).toAllow({ subject: trusted, actions: 'READ_OFFLINE', resource: risky });
  expect(authorizer).toDeny({ subject: trusted, actions: 'READ_ONLINE', resource: risky });
  expect(authorizer).toDeny({ subject: null, actions: 'READ_OFFLINE', resource: risky });
});
