import { describe, expect, test } from 'vitest';
import type { GateOptions, GateRefusal } from '../../src/gate/index.js';
import {
  IdentityInvalidError,
  IdentityUnavailableError,
  MediaTypeUnsupportedError,
  PermissionDeniedError,
  RequestInvalidError,
  ResourceNotFoundError,
} from '../../src/model/index.js';
import { testGate, view } from './gate-fixtures.js';

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const TOKEN = [
  part({ alg: 'RS256', kid: 'key-1' }),
  part({ iss: 'https://idp.example', sub: 'someone', exp: 1_000 }),
  'c2lnbmF0dXJlLW9mLXRoZS10b2tlbg',
].join('.');
const READ = { actions: 'READ_ONLINE', resources: view('open_a') } as const;

function watch(options: Partial<GateOptions> = {}) {
  const told: GateRefusal[] = [];
  const onRefusal = (refusal: GateRefusal) => void told.push(refusal);
  const { gate } = testGate({ onRefusal, now: () => 5000, ...options });
  return { gate, told };
}

describe('onRefusal', () => {
  test('hears who refused what, and never the token', async () => {
    const { gate, told } = watch();
    const error: unknown = await Promise.resolve(gate.authenticate(`Bearer ${TOKEN}`)).catch(
      (one: unknown) => one,
    );
    expect(gate.refuse(error, { operation: 'POST /push' }).status).toBe(401);
    expect(told).toEqual([
      {
        code: 'ERR_IDENTITY_INVALID',
        rule: 'secret: unknown key abc',
        operation: 'POST /push',
        time: 5000,
        kid: 'key-1',
        iss: 'https://idp.example',
      },
    ]);
    for (const piece of TOKEN.split('.')) expect(JSON.stringify(told)).not.toContain(piece);
  });

  test.each([
    [new RequestInvalidError('m'), 422],
    [new MediaTypeUnsupportedError('m'), 415],
    [new IdentityUnavailableError('m'), 503],
    [new IdentityInvalidError('m'), 401],
  ])('hears of %s', (error, status) => {
    const { gate, told } = watch();
    expect(gate.refuse(error).status).toBe(status);
    const { code } = error;
    const nothing = { operation: undefined, kid: undefined, iss: undefined };
    expect(told).toEqual([{ code, rule: 'm', time: 5000, ...nothing }]);
  });

  test.each([
    new ResourceNotFoundError('m'),
    new PermissionDeniedError({ allowed: false, actions: [], resource: view('a') } as never),
    new TypeError('m'),
    'text',
    undefined,
  ])('hears nothing of what was decided on or has failed: %s', (error) => {
    const { gate, told } = watch();
    gate.refuse(error);
    expect(told).toEqual([]);
  });

  test('hears once of what check refuses, whether or not the error is answered', async () => {
    const { gate, told } = watch();
    const check = () =>
      gate.check({ authorization: 'Basic x', requirements: READ, operation: 'GET /a' });
    const error: unknown = await check().catch((one: unknown) => one);
    expect(told).toMatchObject([{ code: 'ERR_IDENTITY_INVALID', operation: 'GET /a' }]);
    gate.refuse(error, { operation: 'GET /b' });
    expect(told).toHaveLength(1);
  });

  test('changes no answer when it fails', async () => {
    const fails = [
      () => {
        throw new Error('no log');
      },
      () => Promise.reject(new Error('no log')),
    ];
    for (const onRefusal of fails) {
      const { gate } = watch({ onRefusal });
      expect(gate.refuse(new RequestInvalidError('m')).status).toBe(422);
    }
  });

  test.each([
    ['no token', undefined],
    ['two headers', ['Bearer a.b.c', 'Bearer a.b.c']],
    ['no signed token', 'Bearer opaque'],
    ['no JSON', 'Bearer YQ.YQ.YQ'],
    ['another JSON', `Bearer ${part([1])}.${part(null)}.x`],
    ['names that are no text', `Bearer ${part({ kid: 7 })}.${part({ iss: {} })}.x`],
    ['names of great length', `Bearer ${part({ kid: 'a'.repeat(300) })}.${part({})}.x`],
  ])('names no key and no issuer of %s', async (_, authorization) => {
    const { gate, told } = watch();
    await gate.check({ authorization, requirements: READ }).catch(() => {});
    expect(told).toMatchObject([{ kid: undefined, iss: undefined }]);
  });

  test('shows names on one line', async () => {
    const { gate, told } = watch();
    const authorization = `Bearer ${part({ kid: 'a\nb' })}.${part({ iss: '\u202ex' })}.x`;
    await gate.check({ authorization, requirements: READ }).catch(() => {});
    expect(told).toMatchObject([{ kid: 'a\\u000ab', iss: '\\u202ex' }]);
  });

  test('is refused unless it is a function', () => {
    expect(() => testGate({ onRefusal: 'log' as never })).toThrow('option onRefusal');
  });
});

describe('an error of an authenticator of another make', () => {
  const [head = '', payload = '', signature = ''] = TOKEN.split('.');
  const failWith = (error: unknown, withRecall = false) => {
    const fail = (): never => {
      throw error;
    };
    return testGate({
      authenticator: { authenticate: async () => fail(), ...(withRecall && { recall: fail }) },
    }).gate;
  };
  const errorOf = async (error: unknown, withRecall = false): Promise<unknown> =>
    Promise.resolve(failWith(error, withRecall).authenticate(`Bearer ${TOKEN}`)).then(
      () => undefined,
      (one: unknown) => one,
    );

  test.each<[string, unknown]>([
    ['its message', new Error(`jwt malformed: ${TOKEN}`)],
    ['a part of it', new Error(`bad signature ${signature} of ${payload}`)],
    ['its cause', new Error('failed', { cause: new Error(TOKEN) })],
    ['a field', Object.assign(new Error('failed'), { token: TOKEN, headers: { a: [head] } })],
    ['its encoding', new Error(Buffer.from(TOKEN).toString('base64'))],
    ['a text', TOKEN],
    ['an object', { message: TOKEN }],
    ['an error of ours', new IdentityInvalidError(`not accepted: ${TOKEN}`)],
    ['the cause of one', new IdentityUnavailableError('m', { cause: new Error(TOKEN) })],
    ['a field of its cause', new IdentityUnavailableError('m', { cause: { config: [TOKEN] } })],
  ])('does not hold the token in %s', async (_, error) => {
    for (const withRecall of [false, true]) {
      const found = await errorOf(error, withRecall);
      const { inspect } = await import('node:util');
      const shown = inspect(found, { depth: 9, showHidden: true });
      for (const secret of [TOKEN, head, payload, signature]) expect(shown).not.toContain(secret);
      expect(shown).not.toContain(Buffer.from(TOKEN).toString('base64').slice(0, 40));
    }
  });

  test('is answered as before', async () => {
    const { gate } = testGate();
    const statusOf = async (error: unknown) => gate.refuse(await errorOf(error)).status;
    expect(await statusOf(new IdentityInvalidError(TOKEN))).toBe(401);
    expect(await statusOf(new IdentityUnavailableError('m', { cause: TOKEN }))).toBe(503);
    expect(await statusOf(new Error(TOKEN))).toBe(500);
  });

  test('is the same one where the token is not in it', async () => {
    const cause = new Error('connect ECONNREFUSED');
    const error = new IdentityUnavailableError('m', { cause });
    expect(await errorOf(error)).toBe(error);
  });
});
