import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import {
  createAuthenticator,
  createServiceTokenIssuer,
  createServiceTokenVerifier,
  createTokenSource,
  type IdentitySecret,
  type ServiceSigningKey,
  type ServiceTokenIssuer,
  type ServiceVerificationKey,
} from '../../src/identity/index.js';
import type { Subject } from '../../src/model/subject.js';
import { NOW, serverConfig } from './fake-provider.js';
import { REVIEWS, review, startFakeApiServer } from './kubernetes/fake-server.js';

const SECRET = 'a secret of at least thirty-two bytes';
const NAMES = { issuer: 'feast-servers', audience: 'feast-registry' };
const SUBJECT = { username: 'online-server', roles: ['feature-reader'], namespaces: ['feast'] };
const now = (): number => NOW * 1000;

const pairs = {
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ec: generateKeyPairSync('ec', { namedCurve: 'prime256v1' }),
  ed25519: generateKeyPairSync('ed25519'),
};

const PEM = pairs.ec.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;

describe('tokens of services', () => {
  it.each<[string, ServiceSigningKey, ServiceVerificationKey]>([
    ['a secret of text', { kid: 'k', secret: SECRET }, { kid: 'k', secret: SECRET }],
    ['a secret of bytes', { kid: 'k', secret: Buffer.from(SECRET) }, { kid: 'k', secret: SECRET }],
    [
      'RSA keys',
      { kid: 'k', privateKey: pairs.rsa.privateKey },
      { kid: 'k', publicKey: pairs.rsa.publicKey },
    ],
    [
      'P-256 keys',
      { kid: 'k', privateKey: pairs.ec.privateKey },
      { kid: 'k', publicKey: pairs.ec.publicKey },
    ],
    [
      'Ed25519 keys',
      { kid: 'k', privateKey: pairs.ed25519.privateKey },
      { kid: 'k', publicKey: pairs.ed25519.publicKey },
    ],
    [
      'a pair of PEM texts',
      {
        kid: 'k',
        privateKey: pairs.ec.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
      },
      { kid: 'k', publicKey: pairs.ec.publicKey.export({ type: 'spki', format: 'pem' }) as string },
    ],
  ])('are signed and verified with %s', async (_, signing, verifying) => {
    const token = await issue(signing).issue();
    await expect(authenticate([verifying], token)).resolves.toMatchObject({
      ...SUBJECT,
      groups: [],
    });
  });

  it('are each another, and short-lived', async () => {
    const issuer = issue({ kid: 'k', secret: SECRET });
    const token = await issuer.issue();
    expect(await issuer.issue()).not.toBe(token);
    expect(issuer.lifetimeSeconds).toBe(60);
    const keys = [{ kid: 'k', secret: SECRET }];
    const at = (seconds: number): Promise<unknown> =>
      authenticate(keys, token, () => (NOW + seconds) * 1000);
    await expect(at(69)).resolves.not.toBeNull();
    await expect(at(70)).rejects.toThrow('expired');
  });

  it('are verified while one key takes the place of another', async () => {
    const old = { kid: '2026-10', secret: SECRET };
    const next = { kid: '2026-11', secret: randomBytes(32) };
    for (const key of [old, next]) {
      await expect(authenticate([old, next], await issue(key).issue())).resolves.not.toBeNull();
    }
    await expectRefused(await issue(old).issue(), [next]);
  });

  it('are refused with another secret, pair, name of a key, issuer or audience', async () => {
    const keys = [{ kid: 'k', secret: SECRET }];
    await expectRefused(await issue({ kid: 'k', secret: `${SECRET}.` }).issue(), keys);
    await expectRefused(await issue({ kid: 'other', secret: SECRET }).issue(), keys);
    await expectRefused(await issue({ kid: '__proto__', secret: SECRET }).issue(), keys);
    await expectRefused(await issue({ kid: 'k', privateKey: pairs.ec.privateKey }).issue(), keys);
    await expectRefused(await issue({ kid: 'k', secret: SECRET }, { issuer: 'x' }).issue(), keys);
    await expectRefused(await issue({ kid: 'k', secret: SECRET }, { audience: 'x' }).issue(), keys);
  });

  it.each([
    ['no type', { typ: undefined }, {}],
    ['the type of a person', { typ: 'JWT' }, {}],
    ['another algorithm', { alg: 'HS512' }, {}],
    ['a further header', { crit: [] }, {}],
    ['no issue date', {}, { iat: undefined }],
    ['a long life', {}, { exp: NOW + 601 }],
    ['no end', {}, { exp: undefined }],
    ['an end as text', {}, { exp: `${NOW + 60}` }],
    ['a list of audiences', {}, { aud: [NAMES.audience] }],
    ['no name', {}, { sub: undefined }],
  ])('are refused with %s', async (_, header, claims) => {
    const payload = { iss: NAMES.issuer, aud: NAMES.audience, sub: 's', iat: NOW, exp: NOW + 60 };
    const sign = (more: object, change: object): Promise<string> =>
      new SignJWT({ ...payload, ...change })
        .setProtectedHeader({ alg: 'HS256', kid: 'k', typ: 'feast-service+jwt', ...more })
        .sign(Buffer.from(SECRET.repeat(2)));
    const keys = [{ kid: 'k', secret: SECRET.repeat(2) }];
    await expect(authenticate(keys, await sign({}, {}))).resolves.not.toBeNull();
    if ('crit' in header) {
      const [, ...rest] = (await sign({}, {})).split('.');
      const forged = Buffer.from('{"alg":"HS256","kid":"k","typ":"feast-service+jwt","crit":[]}');
      await expectRefused([forged.toString('base64url'), ...rest].join('.'), keys);
    } else {
      await expectRefused(await sign(header, claims), keys);
    }
  });

  it('are refused with the public key as the secret', async () => {
    const { publicKey } = pairs.ec;
    const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
    await expectRefused(await issue({ kid: 'k', secret: pem }).issue(), [{ kid: 'k', publicKey }]);
  });

  it('are refused without a signature', async () => {
    const [, payload] = (await issue({ kid: 'k', secret: SECRET }).issue()).split('.');
    const header = Buffer.from('{"alg":"none","kid":"k","typ":"feast-service+jwt"}');
    const token = `${header.toString('base64url')}.${payload}.`;
    await expectRefused(token, [{ kid: 'k', secret: SECRET }]);
  });

  it('are a source of tokens, before any other', async () => {
    const service = issue({ kid: 'k', secret: SECRET });
    const { getToken } = createTokenSource(
      { type: 'kubernetes', userToken: 'configured' },
      { service, now },
    );
    const token = await getToken();
    expect(await getToken()).toBe(token);
    await expect(authenticate([{ kid: 'k', secret: SECRET }], token)).resolves.toMatchObject(
      SUBJECT,
    );
  });

  it('work beside the reviews of Kubernetes', async () => {
    const cluster = await startFakeApiServer();
    cluster.answer(REVIEWS, () => review({ error: 'no such user' }));
    const keys = [{ kid: 'k', secret: SECRET }];
    const services = createServiceTokenVerifier({ ...NAMES, keys, now });
    const secrets: IdentitySecret[] = [];
    const redaction = (secret: IdentitySecret): unknown => secrets.push(secret);
    const { authenticate: ask, close } = createAuthenticator(
      { type: 'kubernetes', userToken: undefined },
      { services, now, redaction, kubernetes: { kubeConfig: cluster.config, opaqueTokens: true } },
    );
    try {
      const token = await issue({ kid: 'k', secret: SECRET }).issue();
      await expect(ask({ token })).resolves.toMatchObject(SUBJECT);
      await expect(ask({ token: `${token}AAAA` })).rejects.toThrow('does not verify');
      expect(cluster.count(REVIEWS)).toBe(0);
      for (const other of [
        'opaque',
        await issue({ kid: 'k', secret: SECRET }, { issuer: 'x' }).issue(),
      ]) {
        await expect(ask({ token: other })).rejects.toMatchObject({ code: 'ERR_IDENTITY_INVALID' });
      }
      expect(cluster.count(REVIEWS)).toBe(2);
      expect(secrets).toEqual([{ name: 'token', value: token, lifetimeSeconds: 70 }]);
      await close();
      await expect(ask({ token })).rejects.toThrow('the authenticator is closed');
      await expect(ask({ token: undefined })).rejects.toThrow('the authenticator is closed');
    } finally {
      await cluster.stop();
    }
  });

  it('and their secrets are registered to be masked', async () => {
    const secrets: IdentitySecret[] = [];
    const redaction = (secret: IdentitySecret): unknown => secrets.push(secret);
    const key = { kid: 'k', secret: SECRET };
    createServiceTokenVerifier({ ...NAMES, keys: [key], redaction });
    const issuer = createServiceTokenIssuer({ ...NAMES, key, subject: SUBJECT, redaction });
    const value = await issuer.issue();
    expect(secrets).toEqual([
      { name: 'service-secret', value: SECRET },
      { name: 'service-secret', value: SECRET },
      { name: 'service-token', value, lifetimeSeconds: 60 },
    ]);
  });

  it.each<[string, ServiceSigningKey, readonly string[]]>([
    ['bytes of text', { kid: 'k', secret: Buffer.from(SECRET) }, [SECRET]],
    [
      'other bytes',
      { kid: 'k', secret: Buffer.alloc(32, 0xfb) },
      [`${'+/v7'.repeat(10)}+/s`, `${'-_v7'.repeat(10)}-_s`, 'fb'.repeat(32)],
    ],
    ['PEM text', { kid: 'k', privateKey: PEM }, [PEM.trim()]],
    ['a key object', { kid: 'k', privateKey: pairs.ec.privateKey }, []],
  ])('have their keys masked: %s', (_, key, values) => {
    const secrets: string[] = [];
    const redaction = ({ value }: IdentitySecret): unknown => secrets.push(value);
    createServiceTokenIssuer({ ...NAMES, key, subject: SUBJECT, redaction });
    expect(secrets).toEqual(values);
    if (!('secret' in key)) return;
    createServiceTokenVerifier({ ...NAMES, keys: [key], redaction });
    expect(secrets).toEqual([...values, ...values]);
  });
});

describe('keys of services', () => {
  const short = 'only thirty-one bytes of secret';

  it.each([
    ['no secret', { kid: 'k' }],
    ['an empty secret', { kid: 'k', secret: '' }],
    ['a short secret', { kid: 'k', secret: short }],
    ['a short secret of bytes', { kid: 'k', secret: Buffer.from(short) }],
    ['a secret that is a number', { kid: 'k', secret: 5 }],
    ['no name', { secret: SECRET }],
    ['an empty name', { kid: '', secret: SECRET }],
    ['text that is no key', { kid: 'k', privateKey: short, publicKey: short }],
    [
      'the wrong half',
      { kid: 'k', privateKey: pairs.ec.publicKey, publicKey: pairs.ec.privateKey },
    ],
    ['the wrong kind', kinds(generateKeyPairSync('x25519'))],
    ['a short RSA key', kinds(generateKeyPairSync('rsa', { modulusLength: 1024 }))],
    ['another curve', kinds(generateKeyPairSync('ec', { namedCurve: 'secp384r1' }))],
  ])('cannot have %s', (_, key) => {
    for (const create of [
      () => issue(key as unknown as ServiceSigningKey),
      () =>
        createServiceTokenVerifier({ ...NAMES, keys: [key as unknown as ServiceVerificationKey] }),
    ]) {
      const error = thrownBy(create);
      expect(error).toBeInstanceOf(TypeError);
      expect(inspect(error)).not.toContain(short);
    }
  });

  it('cannot be a private key where tokens are only verified', () => {
    const publicKey = pairs.ec.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    expect(() => createServiceTokenVerifier({ ...NAMES, keys: [{ kid: 'k', publicKey }] })).toThrow(
      'must have a public key',
    );
  });

  it.each([
    ['none', []],
    [
      'two of one name',
      [
        { kid: 'k', secret: SECRET },
        { kid: 'k', publicKey: pairs.ec.publicKey },
      ],
    ],
  ])('cannot be %s', (_, keys) => {
    expect(() => createServiceTokenVerifier({ ...NAMES, keys })).toThrow(TypeError);
  });

  it.each([
    { issuer: '' },
    { audience: undefined },
    { lifetimeSeconds: 0 },
    { lifetimeSeconds: 601 },
    { subject: null },
    { subject: { username: '' } },
    { subject: { username: 's', roles: 'admin' } },
  ])('cannot be used with %j', (change) => {
    expect(() => issue({ kid: 'k', secret: SECRET }, change as object)).toThrow(TypeError);
  });

  it.each([{ issuer: '' }, { audience: '' }, { clockToleranceSeconds: -1 }])(
    'cannot be used to verify with %j',
    (change) => {
      const keys = [{ kid: 'k', secret: SECRET }];
      expect(() => createServiceTokenVerifier({ ...NAMES, keys, ...change })).toThrow(TypeError);
    },
  );
});

function kinds({ privateKey, publicKey }: { privateKey: unknown; publicKey: unknown }): object {
  return { kid: 'k', privateKey, publicKey };
}

function thrownBy(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}

function issue(key: ServiceSigningKey, change: object = {}): ServiceTokenIssuer {
  return createServiceTokenIssuer({ ...NAMES, subject: SUBJECT, key, now, ...change });
}

function authenticate(
  keys: readonly ServiceVerificationKey[],
  token: string,
  clock: () => number = now,
): Promise<Subject | null> {
  const auth = serverConfig({
    authDiscoveryUrl: 'http://127.0.0.1:1/.well-known/openid-configuration',
  });
  const services = createServiceTokenVerifier({ ...NAMES, keys, now: clock });
  return createAuthenticator(auth, { services, now: clock }).authenticate({ token });
}

/** By the verifier of services, or as one that no provider could have made. */
async function expectRefused(
  token: string,
  keys: readonly ServiceVerificationKey[],
): Promise<void> {
  await expect(authenticate(keys, token)).rejects.toMatchObject({ code: 'ERR_IDENTITY_INVALID' });
}
