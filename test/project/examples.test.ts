import type { AddressInfo } from 'node:net';
import { createAuthorizer, IdentityInvalidError } from 'feast-permissions';
import { describe, expect, it } from 'vitest';
import { authorizer as onCall } from '../../examples/own-policy.js';
import { authorizer as models } from '../../examples/own-vocabulary.js';
import { riskReaders } from '../../examples/permission.js';
import { createFeatureServer } from '../../examples/server.js';
import { runCli } from '../cli/run-cli.js';

describe('examples/server.ts', () => {
  it('answers, refuses, and hides why something failed', async () => {
    const server = await createFeatureServer(
      'examples/credit_scoring/feature_store_oidc.yaml',
      async ({ authorization }) => {
        if (authorization === 'broken') throw new Error('a secret detail');
        if (authorization === 'forged') throw new IdentityInvalidError('the token is not accepted');
        return authorization === undefined ? null : { username: 'ann', roles: [authorization] };
      },
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const get = async (authorization?: string): Promise<[number, string]> => {
      const response = await fetch(`http://127.0.0.1:${port}/features/transaction_features`, {
        headers: authorization === undefined ? {} : { authorization },
      });
      return [response.status, await response.text()];
    };
    try {
      expect(await get('super-reader')).toEqual([200, '{"view":"transaction_features"}']);
      expect(await get('stranger')).toEqual([
        403,
        'not permitted: READ_ONLINE on FeatureView `transaction_features`',
      ]);
      expect((await get())[0]).toBe(403);
      expect(await get('forged')).toEqual([401, 'the token is not accepted']);
      expect(await get('broken')).toEqual([500, 'internal error']);
    } finally {
      await new Promise((resolve) => server.close(resolve));
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
