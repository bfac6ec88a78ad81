import { describe, expect, test } from 'vitest';
import {
  AuthzError,
  ConfigInvalidError,
  CredentialUnavailableError,
  type ErrorStatus,
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
    const { http, grpc } = error.responseStatus;
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

  test('an error with a code of another version is answered with its own status', () => {
    class NewerError extends AuthzError {
      readonly code = 'ERR_OF_A_NEWER_VERSION';
      override get responseStatus(): ErrorStatus {
        return { http: 503, grpc: 14 };
      }
    }
    const refusal = testGate().gate.refuse(new NewerError('secret'));
    expect(refusal).toMatchObject({ status: 503, grpc: { code: 14 } });
    expect(JSON.stringify(refusal)).not.toContain('secret');
    expect(JSON.parse(refusal.body)).toMatchObject({ code: 'ERR_OF_A_NEWER_VERSION' });
  });

  test.each<[string, unknown]>([
    ['a success', { http: 200, grpc: 0 }],
    ['a redirect', { http: 302, grpc: 7 }],
    ['text', { http: '403', grpc: '7' }],
    ['not there', undefined],
  ])('an error whose status is %s is answered with 500', (_, responseStatus) => {
    class StrangeError extends AuthzError {
      readonly code = 'ERR_STRANGE';
      override get responseStatus(): ErrorStatus {
        return responseStatus as ErrorStatus;
      }
    }
    const { gate } = testGate();
    expect(gate.refuse(new StrangeError('m'))).toMatchObject({ status: 500, grpc: { code: 13 } });
  });

  test('what looks like an error of the package and carries no mark is answered with 500', () => {
    const forged = JSON.parse(
      '{"code":"ERR_PERMISSION_DENIED","message":"m","responseStatus":{"http":403,"grpc":7},"Symbol(feast-permissions.error)":true}',
    );
    const { gate } = testGate();
    expect(gate.refuse(forged).status).toBe(500);
    expect(gate.refuse(Object.assign(new Error('m'), forged)).status).toBe(500);
  });
});
