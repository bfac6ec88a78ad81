import { createHmac, generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { CompactEncrypt, exportSPKI, importJWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Authenticator, createAuthenticator } from '../../../src/identity/index.js';
import type { AuthzErrorCode } from '../../../src/model/index.js';
import {
  createSigningKey,
  FakeProvider,
  NOW,
  type SigningKey,
  serverConfig,
} from '../fake-provider.js';

const provider = new FakeProvider();
let authenticator: Authenticator;
let rsa: SigningKey;
let foreign: SigningKey;

const SECRET_ROLE = 'role-that-nobody-may-read-in-a-message';
const CLAIMS = {
  sub: 'mallory',
  preferred_username: 'mallory',
  roles: [SECRET_ROLE],
  iat: NOW - 5,
  exp: NOW + 3600,
};

/** Everything but the form and the signature. */
const CLAIM_REASONS = /expired|`exp`|`nbf`|`iat`|`sub`|`jti`|`aud`|issuer|audience|name its user/;

beforeAll(async () => {
  await provider.start();
  rsa = await createSigningKey('rsa', 'RS256');
  foreign = await createSigningKey('rsa', 'RS256');
  const encryption = await createSigningKey('encryption', 'RS256');
  provider.keys = [
    rsa,
    await createSigningKey('ec', 'ES256'),
    { ...encryption, jwk: { ...encryption.jwk, use: 'enc' } },
  ];
  authenticator = createAuthenticator(
    serverConfig({ authDiscoveryUrl: provider.discoveryUrl, audience: 'feast' }),
    { now: () => NOW * 1000 },
  );
});

afterAll(() => provider.stop());

describe('accepts', () => {
  it.each(['RS256', 'ES256'])('a good token signed with %s', async (alg) => {
    const key = provider.keys.find(({ jwk }) => jwk.alg === alg) as SigningKey;
    const token = await provider.sign({ ...CLAIMS, aud: 'feast' }, { key });
    await expect(authenticator.authenticate({ token })).resolves.toMatchObject({
      username: 'mallory',
      roles: [SECRET_ROLE],
    });
  });

  it('a good token that is put together by hand', async () => {
    const token = await signed();
    await expect(authenticator.authenticate({ token })).resolves.not.toBeNull();
  });

  it.each([
    ['the type JWT', { typ: 'JWT' }],
    ['the type at+jwt', { typ: 'at+jwt' }],
    ['the long name of at+jwt', { typ: 'application/AT+JWT' }],
    ['a header that nobody knows', { 'x-build': '7' }],
    ['a certificate thumbprint', { x5t: 'AAAA' }],
  ])('%s', async (_, header) => {
    const token = await good({}, header);
    await expect(authenticator.authenticate({ token })).resolves.not.toBeNull();
  });

  it.each([
    ['an access token of Keycloak', { typ: 'Bearer', nonce: 'n' }],
    ['an access token of Cognito', { token_use: 'access' }],
    ['several audiences', { aud: ['account', 'feast'] }],
    ['an end within the tolerance', { exp: NOW - 9 }],
    ['a start within the tolerance', { nbf: NOW + 10, iat: NOW + 10 }],
  ])('%s', async (_, claims) => {
    const token = await good(claims);
    await expect(authenticator.authenticate({ token })).resolves.not.toBeNull();
  });
});

describe('refuses an algorithm', () => {
  it.each(['none', 'None', 'NONE', 'nOnE', ' none', '', 'HS256', 'rs256', 'RS1', 'RS384'])(
    '`%s` in the header of an unsigned token',
    async (alg) => {
      await expectRefused(unsigned({ alg, kid: 'rsa' }, withAudience()), /algorithm/);
      await expectRefused(`${unsigned({ alg, kid: 'rsa' }, withAudience())}AAAA`, /algorithm/);
    },
  );

  it.each([['none'], null, 0, ['RS256'], { alg: 'RS256' }, true])(
    'that is not a string: %j',
    async (alg) => {
      await expectRefused(unsigned({ alg, kid: 'rsa' }, withAudience()));
    },
  );

  it('no algorithm at all', async () => {
    await expectRefused(unsigned({ kid: 'rsa' }, withAudience()));
  });

  it('HS256 with the public key as the secret, in any of its forms', async () => {
    const publicKey = await importJWK(rsa.jwk, 'RS256', { extractable: true });
    const pem = await exportSPKI(publicKey as Parameters<typeof exportSPKI>[0]);
    for (const secret of [pem, pem.trim(), JSON.stringify(rsa.jwk), rsa.jwk.n as string]) {
      const input = unsigned({ alg: 'HS256', kid: 'rsa' }, withAudience()).slice(0, -1);
      const mac = createHmac('sha256', secret).update(input).digest('base64url');
      await expectRefused(`${input}.${mac}`, /algorithm/);
    }
  });

  it('another one than the key is published for', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    for (const [alg, kid] of [
      ['PS256', 'rsa'],
      ['ES256', 'rsa'],
      ['RS256', 'ec'],
    ] as const) {
      const key = alg === 'ES256' ? provider.keys[1]?.privateKey : privateKey;
      await expectRefused(await forged({ alg, kid }, key as typeof privateKey));
    }
  });

  it('a symmetric one in the list of algorithms', () => {
    const config = serverConfig({ authDiscoveryUrl: provider.discoveryUrl });
    for (const algorithm of ['HS256', 'none', 'RS256 ', '']) {
      expect(() => createAuthenticator(config, { algorithms: [algorithm as 'RS256'] })).toThrow(
        TypeError,
      );
    }
    expect(() => createAuthenticator(config, { algorithms: [] })).toThrow(TypeError);
  });
});

describe('refuses a key', () => {
  it.each([
    '../../../../../dev/null',
    '/dev/null',
    '__proto__',
    'constructor',
    'toString',
    "' OR 1=1 --",
    'unknown',
    'encryption',
    '',
  ])('named `%s`', async (kid) => {
    await expectRefused(await forged({ alg: 'RS256', kid }, foreign.privateKey));
  });

  it.each([[['rsa']], 0, null, {}, true])('whose name is not a string: %j', async (kid) => {
    await expectRefused(unsigned({ alg: 'RS256', kid }, withAudience()));
  });

  it('without a name', async () => {
    await expectRefused(await forged({ alg: 'RS256' }, rsa.privateKey));
  });

  it('of somebody else under the right name', async () => {
    await expectRefused(await good({}, {}, foreign), /signature/);
  });

  it.each([
    ['jwk', () => foreign.jwk],
    ['jku', () => `${provider.issuer}/attacker/certs`],
    ['x5u', () => `${provider.issuer}/attacker/chain`],
    ['x5c', () => ['MIIB']],
  ])('that comes with the token as `%s`, and fetches nothing', async (name, value) => {
    await expectRefused(await good({}, { [name]: value() }, foreign), /header/);
    await expectRefused(await good({}, { [name]: value() }), /header/);
    expect(provider.requests.filter((path) => path.includes('attacker'))).toEqual([]);
  });
});

describe('refuses a header', () => {
  it.each([
    ['unknown crit', { crit: ['exp'], exp: 1 }],
    ['empty crit', { crit: [] }],
    ['b64: false', { b64: false, crit: ['b64'] }],
    ['b64: true', { b64: true }],
    ['a nested token', { cty: 'JWT' }],
    ['encryption', { enc: 'A256GCM' }],
    ['compression', { zip: 'DEF' }],
    ['type of a logout token', { typ: 'logout+jwt' }],
    ['type of a proof of possession', { typ: 'dpop+jwt' }],
    ['type of a token of a service', { typ: 'feast-service+jwt' }],
    ['type that is no text', { typ: ['JWT'] }],
  ])('%s', async (_, header) => {
    const text = JSON.stringify({ alg: 'RS256', kid: 'rsa', ...header });
    await expectRefused(await signed(text), /with the header|has a type other than/);
  });
});

describe('refuses a token that is not for access', () => {
  it.each([
    ['id token by its hash of the access token', { at_hash: 'x' }],
    ['id token by its hash of the code', { c_hash: 'x' }],
    ['id token by its nonce', { nonce: 'x' }],
    ['id token of Keycloak', { typ: 'ID' }],
    ['refresh token of Keycloak', { typ: 'Refresh' }],
    ['offline token of Keycloak', { typ: 'Offline' }],
    ['logout token', { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }],
    ['id token of Cognito', { token_use: 'id' }],
    ['a use that is no text', { token_use: ['access'] }],
  ])('%s', async (_, claims) => {
    await expectRefused(await good(claims), /expected an access token/);
  });

  it('unless it is asked to take id tokens', async () => {
    const lenient = createAuthenticator(serverConfig({ authDiscoveryUrl: provider.discoveryUrl }), {
      now: () => NOW * 1000,
      allowIdTokens: true,
    });
    const token = await good({ at_hash: 'x', typ: 'ID' });
    await expect(lenient.authenticate({ token })).resolves.not.toBeNull();
  });
});

describe('refuses claims', () => {
  it.each([
    ['expired', { exp: NOW - 10 }],
    ['exp as text', { exp: `${NOW + 3600}` }],
    ['exp that is infinite', { exp: 'INFINITE' }],
    ['exp missing', { exp: undefined }],
    ['exp null', { exp: null }],
    ['exp in a list', { exp: [NOW + 3600] }],
    ['not valid yet', { nbf: NOW + 11 }],
    ['nbf as text', { nbf: `${NOW - 5}` }],
    ['issued in the future', { iat: NOW + 11 }],
    ['iat as text', { iat: `${NOW - 5}` }],
    ['foreign issuer', { iss: 'https://attacker.example' }],
    ['issuer with a slash more', { iss: 'SLASH' }],
    ['issuer in a list', { iss: 'LIST' }],
    ['foreign audience', { aud: 'other' }],
    ['audience with a prefix in common', { aud: 'feast-admin' }],
    ['audience in an object', { aud: { feast: true } }],
    ['audience in a list of lists', { aud: [['feast']] }],
    ['no audience', { aud: undefined }],
    ['sub that is no text', { sub: 5 }],
    ['jti that is no text', { jti: 5 }],
    ['no name', { sub: 'x', preferred_username: undefined, azp: 5 }],
  ])('%s', async (note, claims) => {
    const { issuer } = provider;
    const iss = { SLASH: `${issuer}/`, LIST: [issuer] }[String((claims as { iss?: string }).iss)];
    const payload: Record<string, unknown> = { ...withAudience(), iss: issuer, ...claims };
    if (iss !== undefined) payload['iss'] = iss;
    if (note === 'no name') delete payload['sub'];
    const text = JSON.stringify(payload).replace('"INFINITE"', '1e999');
    await expectRefused(await signed(undefined, text), CLAIM_REASONS);
  });

  it('of a tampered payload', async () => {
    const [header, , signature] = (await good({})).split('.');
    const payload = encode(JSON.stringify({ ...withAudience(), roles: ['admin'] }));
    await expectRefused(`${header}.${payload}.${signature}`, /signature/);
  });
});

describe('refuses a form', () => {
  it.each([
    ['duplicate claims', () => signed(undefined, withTail(',"roles":["admin"]'))],
    ['duplicates by escapes', () => signed(undefined, withTail(',"r\\u006fles":["admin"]'))],
    ['duplicates further in', () => signed(undefined, withTail(',"a":[{"b":1,"b":2}]'))],
    ['duplicate headers', () => signed('{"alg":"RS256","alg":"RS256","kid":"rsa"}')],
    ['a list as payload', () => signed(undefined, '[]')],
    ['a number as payload', () => signed(undefined, '1')],
    ['an empty payload', () => signed(undefined, '')],
    ['null as payload', () => signed(undefined, 'null')],
    ['text that is no UTF-8', () => signed(undefined, Buffer.from('7b22ff223a317d', 'hex'))],
    ['a byte order mark', () => signed(undefined, `\ufeff${JSON.stringify(withAudience())}`)],
    ['deep nesting', () => signed(undefined, withTail(`,"a":${'['.repeat(33)}${']'.repeat(33)}`))],
    ['a nested token', async () => signed(undefined, JSON.stringify(await good({})))],
    ['a token in the payload', async () => signed(undefined, await good({}))],
    ['a signature of nothing', async () => `${(await good({})).split('.').slice(0, 2).join('.')}.`],
    ['no signature', async () => (await good({})).split('.').slice(0, 2).join('.')],
    ['a fourth part', async () => `${await good({})}.`],
    ['padding', async () => `${await good({})}==`],
    ['a blank in the signature', async () => insert(await good({}), -5, ' ')],
    ['a blank in the payload', async () => insert(await good({}), 60, ' ')],
    ['a line break at the end', async () => `${await good({})}\n`],
    ['a blank at the start', async () => ` ${await good({})}`],
    ['base64 in place of base64url', async () => (await good({})).replace(/[-_]/, '+')],
    ['a last character with unused bits', async () => withUnusedBits(await good({}))],
    ['nothing', async () => ''],
    ['dots', async () => '..'],
    ['letters', async () => 'a.b.c'],
    ['another alphabet', async () => 'ä.ö.ü'],
  ])('%s', async (_, make) => {
    await expectRefused(await make(), /base64url|JSON object|three parts|signature of the token/);
  });

  it('an encrypted token', async () => {
    const key = await importJWK(rsa.jwk, 'RSA-OAEP');
    const token = await new CompactEncrypt(Buffer.from(JSON.stringify(withAudience())))
      .setProtectedHeader({ alg: 'RSA-OAEP', enc: 'A256GCM', kid: 'rsa' })
      .encrypt(key);
    await expectRefused(token, /encrypted/);
  });

  it('more than can be a token, before anything of it is read', async () => {
    await expectRefused(`${'a'.repeat(10_000_000)}.b.c`, /longer/);
    await expectRefused(await good({ note: 'x'.repeat(16_384) }), /longer/);
    await expectRefused('.'.repeat(16_384), /three parts/);
  });
});

describe('refuses a good token', () => {
  it('with any character changed, added or taken away', async () => {
    const token = await good({});
    const character = fc.oneof(
      fc.constantFrom(...'ABab01-_+/=. \n\0'),
      fc.string({ minLength: 1, maxLength: 1 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length), fc.nat(1), character, async (at, taken, added) => {
        const changed = token.slice(0, at) + added + token.slice(at + taken);
        fc.pre(changed !== token);
        await expectRefused(changed);
      }),
      { numRuns: 1000 },
    );
    for (let at = 0; at < token.length; at++) {
      await expectRefused(token.slice(0, at) + token.slice(at + 1));
    }
  });
});

describe('refuses what others must verify', () => {
  it('a token of Kubernetes without a token review, even with a good signature', async () => {
    await expectRefused(await good({ 'kubernetes.io': { namespace: 'x' } }));
    await expectRefused(unsigned({ alg: 'none' }, { 'kubernetes.io': {}, sub: 'system:admin' }));
  });

  it('a token of Kubernetes that the review does not accept', async () => {
    const token = unsigned(
      { alg: 'none' },
      { sub: 'system:serviceaccount:feast:admin', 'kubernetes.io': {} },
    );
    const reviews: [() => Promise<unknown>, AuthzErrorCode | typeof TypeError][] = [
      [() => Promise.reject(new Error(`down: ${token}`)), 'ERR_IDENTITY_UNAVAILABLE'],
      [() => Promise.resolve(null), 'ERR_IDENTITY_INVALID'],
      [() => Promise.resolve(undefined), TypeError],
      [() => Promise.resolve({ authenticated: true }), TypeError],
    ];
    for (const [review, outcome] of reviews) {
      const reviewing = createAuthenticator(
        serverConfig({ authDiscoveryUrl: provider.discoveryUrl }),
        { now: () => NOW * 1000, tokenReview: review as () => Promise<never> },
      );
      const error: unknown = await reviewing.authenticate({ token }).catch((one: unknown) => one);
      if (typeof outcome === 'string') expect(error).toMatchObject({ code: outcome });
      else expect(error).toBeInstanceOf(outcome);
      expect(inspect(error, { depth: 10 })).not.toContain(token);
    }
  });

  it("the unsigned token of Feast's own servers", async () => {
    process.env['INTRA_COMMUNICATION_BASE64'] = 'c2VjcmV0';
    try {
      await expectRefused(unsigned({ alg: 'none' }, { preferred_username: 'c2VjcmV0' }));
      await expectRefused(unsigned({ alg: 'none' }, { sub: ':::c2VjcmV0' }));
    } finally {
      delete process.env['INTRA_COMMUNICATION_BASE64'];
    }
  });
});

function withAudience(): Record<string, unknown> {
  return { ...CLAIMS, iss: provider.issuer, aud: 'feast' };
}

function withTail(members: string): string {
  return `${JSON.stringify(withAudience()).slice(0, -1)}${members}}`;
}

function good(
  claims: Record<string, unknown>,
  header: Record<string, unknown> = {},
  key: SigningKey = rsa,
): Promise<string> {
  return provider.sign({ ...withAudience(), ...claims }, { header, key });
}

function forged(
  header: { alg: string; kid?: string },
  key: Parameters<SignJWT['sign']>[0],
): Promise<string> {
  return new SignJWT(withAudience()).setProtectedHeader(header).sign(key);
}

/** A token with any header and payload, and a signature that verifies. */
async function signed(
  header: string = '{"alg":"RS256","kid":"rsa"}',
  payload: string | Buffer = JSON.stringify(withAudience()),
): Promise<string> {
  const input = `${encode(header)}.${encode(payload)}`;
  const signature = await crypto.subtle.sign(
    'RSASSA-PKCS1-v1_5',
    rsa.privateKey,
    Buffer.from(input),
  );
  return `${input}.${encode(Buffer.from(signature))}`;
}

function unsigned(header: Record<string, unknown>, claims: Record<string, unknown>): string {
  return `${encode(JSON.stringify(header))}.${encode(JSON.stringify(claims))}.`;
}

function encode(content: string | Buffer): string {
  return Buffer.from(content as string).toString('base64url');
}

function insert(token: string, at: number, text: string): string {
  return `${token.slice(0, at)}${text}${token.slice(at)}`;
}

/** 256 bytes make 342 characters, of the last of which four bits are unused. */
function withUnusedBits(token: string): string {
  const last = token.at(-1) as string;
  const next = String.fromCharCode(last.charCodeAt(0) + 1);
  return token.slice(0, -1) + next;
}

async function expectRefused(token: string, reason = /./): Promise<void> {
  const error: unknown = await authenticator.authenticate({ token }).then(
    () => 'accepted',
    (one: unknown) => one,
  );
  expect(error).toMatchObject({
    code: 'ERR_IDENTITY_INVALID',
    message: expect.stringMatching(reason),
  });
  const said = inspect(error, { depth: 10, showHidden: true });
  expect(said).not.toContain(SECRET_ROLE);
  const signature = token.split('.').at(-1) as string;
  if (signature.length > 20) expect(said).not.toContain(signature);
}
