import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthorizer } from 'feast-permissions';
import { describe, expect, it } from 'vitest';
import { authorizer as onCall } from '../../examples/own-policy.js';
import { authorizer as models } from '../../examples/own-vocabulary.js';
import { riskReaders } from '../../examples/permission.js';
import { createFeatureServer } from '../../examples/server.js';
import { differences, isAllowed, lost } from '../../examples/shadow.js';
import { runCli } from '../cli/run-cli.js';
import { createSigningKey, FakeProvider } from '../identity/fake-provider.js';

describe('examples/server.ts', () => {
  it('is secured by its configuration', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'feast-permissions-example-'));
    const provider = await new FakeProvider().start();
    try {
      provider.keys = [await createSigningKey('key')];
      await mkdir(join(folder, 'data'));
      await copyFile(
        'examples/credit_scoring/data/registry.db',
        join(folder, 'data', 'registry.db'),
      );
      const config = await readFile('examples/credit_scoring/feature_store_oidc.yaml', 'utf8');
      await writeFile(
        join(folder, 'feature_store.yaml'),
        config.replace(/auth_discovery_url: .*/, `auth_discovery_url: ${provider.discoveryUrl}`),
      );
      const app = await createFeatureServer(folder);
      const soon = Math.floor(Date.now() / 1000) + 60;
      const tokenOf = (...roles: string[]): Promise<string> =>
        provider.sign({ iat: soon - 60, exp: soon, preferred_username: 'ann', roles });
      const ask = async (token?: string): Promise<number> => {
        const response = await app.inject({
          method: 'POST',
          url: '/get-online-features',
          headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
          payload: { features: ['transaction_features:amount'], entities: { driver_id: [1001] } },
        });
        return response.statusCode;
      };
      expect(await ask(await tokenOf('super-reader'))).toBe(200);
      expect(await ask(await tokenOf('stranger'))).toBe(403);
      expect(await ask('forged')).toBe(401);
      expect(await ask()).toBe(401);
      expect((await app.inject({ url: '/health' })).statusCode).toBe(200);
      await app.close();
    } finally {
      await provider.stop();
      await rm(folder, { recursive: true });
    }
  });
});

it('examples/permission.ts grants what it says', () => {
  const authorizer = createAuthorizer({ permissions: [riskReaders] });
  const analyst = { username: 'ann', groups: ['risk-analysts'] };
  const tags = { team: 'risk' };
  expect(
    authorizer.can(analyst, 'READ_ONLINE', { type: 'FeatureView', name: 'fraud_scores', tags }),
  ).toBe(true);
  expect(authorizer.can(analyst, 'READ_ONLINE', { type: 'FeatureView', name: 'risk_scores' })).toBe(
    false,
  );
});

it('examples/own-policy.ts lets in who is on call', () => {
  const view = { type: 'FeatureView', name: 'risk_scores' } as const;
  expect(onCall.can({ username: 'ann', claims: { oncall: 'risk' } }, 'WRITE_ONLINE', view)).toBe(
    true,
  );
  expect(onCall.decide({ username: 'bob' }, 'WRITE_ONLINE', view).explanation).toContain(
    'being on call for risk',
  );
});

it('examples/own-vocabulary.ts knows that editing includes reading', () => {
  const editor = { username: 'ann', roles: ['editor'] };
  expect(models.can(editor, 'CAN_READ', { type: 'ProductionModel', name: 'churn' })).toBe(true);
  expect(models.can(editor, 'CAN_MANAGE', { type: 'ProductionModel', name: 'churn' })).toBe(false);
});

it('the explanation that the README asks for is given', async () => {
  const { exitCode, stdout } = await runCli([
    'explain',
    'examples/credit_scoring/feature_store_oidc.yaml',
    '--user={"username":"ann","roles":["trusted"]}',
    '--action=READ_OFFLINE',
    '--resource=FeatureView:merchant_risky_profile',
  ]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('reader');
});

describe('examples/shadow.ts', () => {
  it('allows by the permissions in force, and reports what the candidate would refuse', () => {
    expect([isAllowed, lost]).toEqual([true, 1]);
    expect(differences).toMatchObject([{ candidate: { allowed: false, reason: 'denied' } }]);
  });
});
