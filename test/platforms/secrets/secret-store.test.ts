import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { RegistryUnavailableError } from '../../../src/model/index.js';
import {
  createAwsSecretStore,
  createDatabricksSecretStore,
  createEnvironmentSecretStore,
  createFileSecretStore,
  createKeyVaultSecretStore,
  createSecretStore,
  secretVariable,
} from '../../../src/platforms/secrets/index.js';
import { defaultRedactor } from '../../../src/redaction/index.js';
import { propertyRuns } from '../../support/property-runs.js';
import { expectNoSecret } from './support/secret-store-contract.js';

const NAME = { scope: 'feast-read', key: 'dynamo-user' };

describe('secretVariable', () => {
  test.each([
    ['feast-read', 'dynamo-access-key-id', 'FEAST_SECRET_FEAST_READ__DYNAMO_ACCESS_KEY_ID'],
    ['feast_read', 'user', 'FEAST_SECRET_FEASTx5FREAD__USER'],
    ['Feast', 'v1.user', 'FEAST_SECRET_x46EAST__V1x2EUSER'],
    ['a@b/c', 'k', 'FEAST_SECRET_Ax40Bx2FC__K'],
    ['a--b', '-k-', 'FEAST_SECRET_Ax2Dx2DB__x2DKx2D'],
  ])('of %s and %s is %s', (scope, key, variable) => {
    expect(secretVariable({ scope, key })).toBe(variable);
  });

  test('is another one for each secret', () => {
    const text = (characters: string): fc.Arbitrary<string> =>
      fc.string({ unit: fc.constantFrom(...characters), minLength: 1, maxLength: 6 });
    const name = fc.record({ scope: text('aAxX5F_-./@'), key: text('aAxX5F_-.') });
    fc.assert(
      fc.property(name, name, (one, other) => {
        const isSame = one.scope === other.scope && one.key === other.key;
        expect(secretVariable(one) === secretVariable(other)).toBe(isSame);
        expect(secretVariable(one)).toMatch(/^[A-Z_a-z][A-Z_a-z0-9]*$/);
      }),
      propertyRuns(1000, 100_000),
    );
  });

  test.each(['', '1A', 'A-B', 'A='])('never starts with %j', (prefix) => {
    expect(() => createEnvironmentSecretStore({ prefix })).toThrow(TypeError);
  });

  test('is looked up in the process, and has the prefix that is given', async () => {
    vi.stubEnv('OWN_FEAST_READ__DYNAMO_USER', 'the user of the process');
    const store = createEnvironmentSecretStore({ prefix: 'OWN_' });
    expect(await store.getSecret(NAME)).toBe('the user of the process');
    vi.unstubAllEnvs();
  });
});

describe('values', () => {
  test('are masked in this process', async () => {
    const value = 'a-value-that-nobody-prints';
    const store = createSecretStore(async () => value);
    expect(defaultRedactor.text(value)).toBe(value);
    await store.getSecret(NAME);
    expect(defaultRedactor.text(`it is ${value}`)).toBe('it is ***secret***');
  });

  test('that were exchanged do not stay registered for good', async () => {
    let value = 'the first value';
    const held: string[] = [];
    const store = createSecretStore(async () => value, {
      redaction: (secret) => {
        const entry = `${secret.value}, ${secret.lifetimeSeconds ?? 'for good'}`;
        held.push(entry);
        return () => held.splice(held.indexOf(entry), 1);
      },
    });
    await store.getSecret(NAME);
    value = 'the second value';
    await store.getSecret(NAME);
    expect(held).toEqual(['the second value, for good', 'the first value, 3600']);
  });

  test('that are too short to be masked are given all the same', async () => {
    const store = createSecretStore(async () => 'reader');
    expect(await store.getSecret(NAME)).toBe('reader');
  });

  test('are masked for good where there are more names than a store is watched for', async () => {
    let values = 'the first value';
    const lifetimes: unknown[] = [];
    const store = createSecretStore(async () => values, {
      redaction: ({ lifetimeSeconds }) => lifetimes.push(lifetimeSeconds),
    });
    for (let index = 0; index <= 10_000; index++) {
      await store.getSecret({ scope: 's', key: `k${index}` });
    }
    values = 'the second value';
    await store.getSecret({ scope: 's', key: 'k0' });
    await store.getSecret({ scope: 's', key: 'k10000' });
    expect(lifetimes.slice(10_001)).toEqual([undefined, 3600, undefined]);
  });

  test.each([[null], [42], [{}], [Buffer.from('secret')]])('are text, not %s', async (value) => {
    const store = createSecretStore(async () => value as unknown as string);
    await expect(store.getSecret(NAME)).rejects.toMatchObject({
      code: 'ERR_CREDENTIAL_UNAVAILABLE',
    });
  });
});

describe('a read that does not end', () => {
  afterEach(() => vi.useRealTimers());

  test.each([
    [undefined, 10],
    [2.5, 2.5],
  ])('with a timeout of %s s is given up after %s s', async (timeoutSeconds, seconds) => {
    vi.useFakeTimers();
    const store = createSecretStore(() => new Promise(() => {}), { timeoutSeconds });
    const caught = store.getSecret(NAME).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(seconds * 1000);
    expect(await caught).toMatchObject({
      code: 'ERR_CREDENTIAL_UNAVAILABLE',
      message: `secret \`dynamo-user\` of scope \`feast-read\` was not read within ${seconds} s`,
    });
    expect(vi.getTimerCount()).toBe(0);
  });

  test('leaves no timer when it ends in time', async () => {
    vi.useFakeTimers();
    await createSecretStore(async () => 'the value').getSecret(NAME);
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2_147_484])(
    'has no timeout of %s s',
    (timeoutSeconds) => {
      expect(() => createSecretStore(async () => 'x', { timeoutSeconds })).toThrow(TypeError);
    },
  );
});

describe('what a client throws', () => {
  const NOT_FOUND = 'ERR_SECRET_NOT_FOUND';
  const FORBIDDEN = 'ERR_SECRET_FORBIDDEN';
  const UNAVAILABLE = 'ERR_CREDENTIAL_UNAVAILABLE';
  test.each<readonly [thrown: unknown, code: string, reason?: string]>([
    [{ name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 400 } }, NOT_FOUND],
    [{ code: 'SecretNotFound', statusCode: 404 }, NOT_FOUND],
    [{ error_code: 'RESOURCE_DOES_NOT_EXIST', status: 404 }, NOT_FOUND],
    [{ errorCode: 'RESOURCE_DOES_NOT_EXIST' }, NOT_FOUND],
    [{ status: 404 }, NOT_FOUND],
    [{ name: 'AccessDeniedException', $metadata: { httpStatusCode: 400 } }, FORBIDDEN],
    [{ name: 'UnrecognizedClientException', $metadata: { httpStatusCode: 400 } }, FORBIDDEN],
    [{ name: 'ExpiredTokenException', $metadata: { httpStatusCode: 400 } }, FORBIDDEN],
    [{ code: 'PERMISSION_DENIED' }, FORBIDDEN],
    [{ statusCode: 401 }, FORBIDDEN],
    [{ $metadata: { httpStatusCode: 403 } }, FORBIDDEN],
    [{ status: 500 }, UNAVAILABLE, 'status 500'],
    [{ status: 429, name: 'ThrottlingException' }, UNAVAILABLE, 'status 429'],
    [{ code: 'ECONNREFUSED' }, UNAVAILABLE, 'ECONNREFUSED'],
    [new Error('secret'), UNAVAILABLE, 'Error'],
    [{ status: '404' }, UNAVAILABLE],
    [{ status: 1e9 }, UNAVAILABLE],
    [{ code: 'a secret: 123' }, UNAVAILABLE],
    ['secret', UNAVAILABLE],
    [null, UNAVAILABLE],
    [undefined, UNAVAILABLE],
  ])('%o becomes %s', async (thrown, code, reason) => {
    const store = createSecretStore(() => Promise.reject(thrown));
    const error = await store.getSecret(NAME).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code });
    expect(error).not.toHaveProperty('cause');
    const ending = typeof reason === 'string' ? ` (${reason})` : '';
    const what = 'secret `dynamo-user` of scope `feast-read`';
    if (code === UNAVAILABLE) {
      expect(error).toHaveProperty('message', `${what} cannot be read${ending}`);
    }
  });

  test('may be an object whose fields cannot be read', async () => {
    const thrown = {
      get status(): number {
        throw new Error('no field can be read');
      },
    };
    const store = createSecretStore(() => Promise.reject(thrown));
    await expect(store.getSecret(NAME)).rejects.toMatchObject({ code: UNAVAILABLE });
  });

  test('is thrown on where it is an error of this package', async () => {
    const store = createSecretStore(() => Promise.reject(new RegistryUnavailableError('why')));
    await expect(store.getSecret(NAME)).rejects.toThrow(RegistryUnavailableError);
  });

  test('thrown synchronously is reported like a rejection', async () => {
    const store = createSecretStore(() => {
      throw Object.assign(new Error('x'), { status: 403 });
    });
    await expect(store.getSecret(NAME)).rejects.toMatchObject({ code: FORBIDDEN });
  });
});

describe('stores of services', () => {
  test.each([
    ['a value that is no base64', 'not base64!'],
    ['a value that is cut', 'c2VjcmV'],
    ['bytes that are no UTF-8', Buffer.from([0xff, 0xfe]).toString('base64')],
    ['a number', 51_234_987 as unknown as string],
  ])('Databricks gives no secret for %s', async (_, value) => {
    const store = createDatabricksSecretStore({ getSecret: async () => ({ value }) });
    const error = await store.getSecret(NAME).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'ERR_CREDENTIAL_UNAVAILABLE' });
    expectNoSecret(String(value), error);
  });

  test('Databricks gives secrets with and without padding', async () => {
    for (const value of ['c2VjcmV0LTEyMw==', 'c2VjcmV0LTEyMw']) {
      const store = createDatabricksSecretStore({ getSecret: async () => ({ value }) });
      expect(await store.getSecret(NAME)).toBe('secret-123');
    }
  });

  test('Key Vault is asked for the version that is wanted, and for no name that it cannot have', async () => {
    const asked: unknown[] = [];
    const client = {
      getSecret: async (...question: readonly unknown[]) => {
        asked.push(question);
        return { value: 'the value' };
      },
    };
    const store = createKeyVaultSecretStore(new Map([['feast-read', client]]), {
      version: ({ key }) => (key === 'old' ? 'v1' : undefined),
    });
    await store.getSecret({ scope: 'feast-read', key: 'old' });
    await store.getSecret({ scope: 'feast-read', key: 'new' });
    expect(asked).toEqual([
      ['old', { version: 'v1' }],
      ['new', {}],
    ]);
    for (const key of ['with_underscore', 'with.dot', 'k'.repeat(128)]) {
      await expect(store.getSecret({ scope: 'feast-read', key })).rejects.toMatchObject({
        code: 'ERR_SECRET_NOT_FOUND',
      });
    }
    expect(asked).toHaveLength(2);
  });

  test('AWS is asked for the id that is made of the name', async () => {
    const asked: unknown[] = [];
    const getSecretValue = async (input: { readonly SecretId: string }) => {
      asked.push(input.SecretId);
      return { SecretString: 'the value' };
    };
    await createAwsSecretStore({ getSecretValue }).getSecret(NAME);
    await createAwsSecretStore({ getSecretValue }, { secretId: ({ key }) => `x/${key}` }).getSecret(
      NAME,
    );
    expect(asked).toEqual(['feast-read/dynamo-user', 'x/dynamo-user']);
  });

  test.each<readonly [string, () => unknown]>([
    ['a function', () => createSecretStore({} as never)],
    ['a directory', () => createFileSecretStore('')],
    ['a client of Databricks', () => createDatabricksSecretStore({} as never)],
    ['a client of AWS', () => createAwsSecretStore(undefined as never)],
    ['a command beside `send`', () => createAwsSecretStore({ send: async () => ({}) } as never)],
    [
      'a command that can be made',
      () => createAwsSecretStore({ send: async () => ({}) }, { command: 'get' as never }),
    ],
    [
      'a client that takes the command',
      () =>
        createAwsSecretStore({ getSecretValue: async () => ({}) } as never, {
          command: class {},
        }),
    ],
    ['vaults', () => createKeyVaultSecretStore({} as never)],
    ['clients of vaults', () => createKeyVaultSecretStore(new Map([['a', {} as never]]))],
  ])('need %s', (_, create) => {
    expect(create).toThrow(TypeError);
  });
});
