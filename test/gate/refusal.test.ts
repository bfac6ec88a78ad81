import { describe, expect, test } from 'vitest';
import {
  ConfigInvalidError,
  CredentialUnavailableError,
  ERROR_STATUS,
  IdentityInvalidError,
  IdentityMissingError,
  IdentityUnavailableError,
  PatternUnsupportedError,
  type PermissionDeniedError,
  PermissionInvalidError,
  RegistryInvalidError,
  RegistryUnavailableError,
  RequestInvalidError,
  ResourceNotFoundError,
} from '../../src/model/index.js';
import { testGate, view } from './gate-fixtures.js';

async function denial(): Promise<unknown> {
  const { gate } = testGate();
  const caller = await gate.authenticate('Bearer noel-token');
  try {
    gate.authorize(caller, { actions: 'READ_ONLINE', resources: view('shut_c') });
  } catch (error) {
    return error;
  }
  throw new Error('was permitted');
}

const pattern = { kind: 'unsupported', pattern: 'secret', position: 0, reason: 'secret' } as const;

const ERRORS = [
  new IdentityMissingError('secret'),
  new IdentityInvalidError('secret'),
  new IdentityUnavailableError('secret'),
  new RegistryInvalidError('secret'),
  new RegistryUnavailableError('secret'),
  new ConfigInvalidError('secret'),
  new PermissionInvalidError('secret', { field: 'secret' }),
  new PatternUnsupportedError(pattern),
  new CredentialUnavailableError('secret'),
  new RequestInvalidError('said to clients'),
  new ResourceNotFoundError('said to clients'),
];

describe('errors of this package', () => {
  test.each(ERRORS.map((error) => [error.code, error] as const))('%s', (code, error) => {
    const refusal = testGate({ explain: 'full' }).gate.refuse(error);
    const { http, grpc } = ERROR_STATUS[code];
    expect(refusal.status).toBe(http);
    expect(refusal.grpc.code).toBe(grpc);
    expect(refusal.headers['content-type']).toBe('application/problem+json');
    expect(refusal.headers['cache-control']).toBe('no-store');
    expect(refusal.headers['retry-after']).toBe(http === 503 ? '5' : undefined);
    expect(JSON.stringify(refusal)).not.toContain('secret');
    const body = JSON.parse(refusal.body);
    expect(Object.keys(body)).toEqual(['type', 'title', 'status', 'detail', 'code']);
    expect(body).toMatchObject({ type: `urn:feast-permissions:error:${code}`, status: http, code });
    expect(body.detail).toBe(refusal.grpc.message);
    if (error.message !== 'secret' && http < 500) expect(body.detail).toBe('said to clients');
  });

  test.each([
    [new IdentityMissingError('m'), 'Bearer realm="the store"'],
    [new IdentityInvalidError('m'), 'Bearer realm="the store", error="invalid_token"'],
    [new IdentityUnavailableError('m'), undefined],
    [new RequestInvalidError('m'), undefined],
    [new Error('m'), undefined],
  ])('%s is challenged with %s', (error, challenge) => {
    const { gate } = testGate({ realm: 'the store' });
    expect(gate.refuse(error).headers['www-authenticate']).toBe(challenge);
  });
});

describe('a denial', () => {
  test('says what was asked for, and not whom it is granted to', async () => {
    const refusal = testGate().gate.refuse(await denial());
    expect(refusal.status).toBe(403);
    expect(refusal.headers).not.toHaveProperty('www-authenticate');
    expect(JSON.parse(refusal.body)).toEqual({
      type: 'urn:feast-permissions:error:ERR_PERMISSION_DENIED',
      title: 'Not permitted',
      status: 403,
      detail: 'not permitted: READ_ONLINE on FeatureView `shut_c`',
      code: 'ERR_PERMISSION_DENIED',
    });
    expect(refusal.grpc).toEqual({
      code: 7,
      message: 'not permitted: READ_ONLINE on FeatureView `shut_c`',
    });
  });

  test('explains itself where the server wants it', async () => {
    const error = await denial();
    const refusal = testGate({ explain: 'full' }).gate.refuse(error);
    expect(JSON.parse(refusal.body).explanation).toBe(
      (error as PermissionDeniedError).decision.explanation,
    );
    expect(refusal.body).toContain('secret-role-name');
    expect(refusal.grpc.message).not.toContain('secret-role-name');
  });
});

describe('any other error', () => {
  const hostile = new IdentityInvalidError('m');
  Object.defineProperty(hostile, 'code', {
    get: () => {
      throw new Error('secret');
    },
  });
  const unknown = new IdentityInvalidError('m');
  Object.defineProperty(unknown, 'code', { value: '__proto__' });

  test.each([
    ['an error', new Error('secret')],
    ['a type error', new TypeError('secret')],
    ['an error with a status of its own', Object.assign(new Error('secret'), { status: 200 })],
    [
      'an error with one of our codes',
      Object.assign(new Error('x'), { code: 'ERR_REQUEST_INVALID' }),
    ],
    ['nothing', undefined],
    ['null', null],
    ['text', 'secret'],
    ['an error whose members throw', hostile],
    ['an error with a code that nobody knows', unknown],
    [
      'an object that throws when it is looked at',
      new Proxy(
        {},
        {
          getPrototypeOf: () => {
            throw new Error('secret');
          },
        },
      ),
    ],
  ])('%s is answered with 500 and nothing of it', (_, error) => {
    const refusal = testGate({ explain: 'full' }).gate.refuse(error);
    expect(refusal.status).toBe(500);
    expect(refusal.grpc).toEqual({ code: 13, message: 'internal error' });
    expect(JSON.parse(refusal.body)).toMatchObject({
      code: 'ERR_INTERNAL',
      detail: 'internal error',
    });
    expect(JSON.stringify(refusal)).not.toContain('secret');
  });
});
