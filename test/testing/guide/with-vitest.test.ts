import { createAuthorizer } from 'feast-permissions';
import { loadFeatureStore } from 'feast-permissions/registry';
import { feastPermissionMatchers } from 'feast-permissions/testing';
import { expect, test } from 'vitest';

expect.extend(feastPermissionMatchers);

const { snapshotOptions } = await loadFeatureStore(
  'examples/credit_scoring/feature_store_oidc.yaml',
  { project: 'credit_scoring' },
);
const authorizer = createAuthorizer(snapshotOptions);

const ann = { username: 'ann', roles: ['trusted'] };
const risky = { type: 'FeatureView', name: 'merchant_risky_profile' } as const;

test('the trusted read risky features offline, and no other way', () => {
  expect(authorizer).toAllow({ subject: ann, actions: 'READ_OFFLINE', resource: risky });
  expect(authorizer).toDeny({ subject: ann, actions: 'READ_ONLINE', resource: risky });
  expect(authorizer).toDeny({ subject: null, actions: 'READ_OFFLINE', resource: risky });
});

test('the model in production is protected', () => {
  expect(authorizer).toBeSecured({ type: 'FeatureService', name: 'credit_model_v1' });
});

test('somebody may describe each object of the registry', () => {
  expect(authorizer).toBeFullyCovered({
    actions: ['DESCRIBE'],
    ignore: [{ type: 'SavedDataset', name: 'adhoc_risky_export' }],
  });
});
