import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type AuthenticatorOptions,
  createAuthenticator,
  type IssuerOptions,
} from '../../../src/identity/index.js';
import { createSigningKey, FakeProvider, NOW, serverConfig } from '../fake-provider.js';

const now = (): number => NOW * 1000;

let employees: FakeProvider;
let partners: FakeProvider;

beforeEach(async () => {
  employees = await new FakeProvider().start();
  partners = await new FakeProvider().start();
  employees.keys = [await createSigningKey('key')];
  partners.keys = [await createSigningKey('key')];
});

afterEach(() => Promise.all([employees.stop(), partners.stop()]));

function create(own: Partial<IssuerOptions>, options: AuthenticatorOptions = {}) {
  return createAuthenticator(
    [
      serverConfig({ authDiscoveryUrl: employees.discoveryUrl, audience: 'feast' }),
      {
        auth: serverConfig({ authDiscoveryUrl: partners.discoveryUrl, audience: 'feast' }),
        ...own,
      },
    ],
    { now, ...options },
  );
}

const CLAIMS = { aud: 'feast', roles: ['admin', 'reader'], groups: ['sre'], teams: ['fraud'] };

describe('several issuers', () => {
  it('keep their names apart with a prefix', async () => {
    const authenticator = create({ prefix: 'partner:', claims: { namespaces: 'teams' } });
    expect(authenticator.warnings).toEqual([]);
    await expect(
      authenticator.authenticate({ token: await partners.sign(CLAIMS) }),
    ).resolves.toMatchObject({
      username: 'partner:alice',
      roles: ['partner:admin', 'partner:reader'],
      groups: ['partner:sre'],
      namespaces: ['partner:fraud'],
    });
    await expect(
      authenticator.authenticate({ token: await employees.sign(CLAIMS) }),
    ).resolves.toMatchObject({ username: 'alice', roles: ['admin', 'reader'] });
  });

  it('give the roles that they are allowed to give, named as they write them', async () => {
    const authenticator = create({ allowedRoles: ['reader'], prefix: 'partner:' });
    await expect(
      authenticator.authenticate({ token: await partners.sign(CLAIMS) }),
    ).resolves.toMatchObject({ roles: ['partner:reader'] });
    const none = create({ allowedRoles: [] });
    expect(none.warnings).toEqual([]);
    await expect(none.authenticate({ token: await partners.sign(CLAIMS) })).resolves.toMatchObject({
      roles: [],
    });
  });

  it('that share their names cause a warning', () => {
    const shared = expect.stringContaining('Set `prefix` or `allowedRoles`') as string;
    expect(create({}).warnings).toEqual([shared]);
    expect(create({}, { prefix: 'all:' }).warnings).toEqual([shared]);
    expect(create({ prefix: 'partner:' }, { prefix: 'all:' }).warnings).toEqual([]);
  });

  it.each([{ prefix: '' }, { prefix: 5 }, { allowedRoles: 'reader' }, { allowedRoles: [1] }])(
    'refuse the options %j',
    (own) => {
      expect(() => create(own as never)).toThrow(TypeError);
    },
  );
});

describe('a provider beside the review of service accounts', () => {
  it('cannot give a user the name of an account', async () => {
    const auth = serverConfig({ authDiscoveryUrl: employees.discoveryUrl });
    const token = await employees.sign({
      preferred_username: 'system:serviceaccount:feast:server',
    });
    const tokenReview = async (): Promise<null> => null;
    await expect(
      createAuthenticator(auth, { now, tokenReview: tokenReview as never }).authenticate({ token }),
    ).rejects.toMatchObject({ code: 'ERR_IDENTITY_INVALID' });
    await expect(createAuthenticator(auth, { now }).authenticate({ token })).resolves.toBeTruthy();
  });
});
