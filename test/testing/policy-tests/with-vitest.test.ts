import { readFileSync } from 'node:fs';
import { createAuthorizer } from 'feast-permissions';
import { loadFeatureStore } from 'feast-permissions/registry';
import { assertPolicyCase, parsePolicyTests } from 'feast-permissions/testing';
import { beforeAll, it } from 'vitest';

const { cases } = parsePolicyTests(readFileSync('examples/permissions.test.yaml', 'utf8'));
let authorizer: ReturnType<typeof createAuthorizer>;

beforeAll(async () => {
  const store = 'examples/credit_scoring/feature_store_oidc.yaml';
  authorizer = createAuthorizer((await loadFeatureStore(store)).snapshotOptions);
});

// oxlint-disable-next-line vitest/valid-title -- the titles are those of the file
for (const one of cases) it(one.title, () => assertPolicyCase(authorizer, one));
