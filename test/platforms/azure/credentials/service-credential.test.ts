import {
  createAuthorizer,
  definePermission,
  PermissionDeniedError,
  roles,
} from 'feast-permissions';
import { CredentialUnavailableError } from 'feast-permissions/errors';
import { describe, expect, test } from 'vitest';
import {
  azureSqlAccessToken,
  type CredentialTarget,
  getServiceCredentialsProvider,
  type ServiceCredentialSource,
} from '../../../../src/platforms/azure/credentials/index.js';
import {
  createTokenCache,
  type ExpiringToken,
} from '../../../../src/platforms/databricks/tokens/index.js';
import { databricksVocabulary } from '../../../../src/platforms/databricks/vocabulary/index.js';

const VAULT = 'https://vault.azure.net/.default';
const HOUR = 3_600_000;

interface FakeSource {
  readonly source: ServiceCredentialSource;
  readonly asked: CredentialTarget[];
}

/** Counts its tokens; `obtain` takes the place of giving one at once. */
function createSource(obtain?: () => Promise<ExpiringToken>): FakeSource {
  const asked: CredentialTarget[] = [];
  const source: ServiceCredentialSource = (target) =>
    createTokenCache(async () => {
      asked.push(target);
      const token = `token-${asked.length}-of-${target.resource}`;
      return obtain === undefined ? { token, expiresAt: Date.now() + HOUR } : obtain();
    });
  return { source, asked };
}

describe('getToken', () => {
  test('gives a token and its end', async () => {
    const { source, asked } = createSource();
    const credential = getServiceCredentialsProvider('sandbox', { authorize: 'unchecked', source });
    const before = Date.now();
    const { token, expiresOnTimestamp } = await credential.getToken(VAULT);
    expect(credential.name).toBe('sandbox');
    expect(token).toBe('token-1-of-https://vault.azure.net');
    expect(expiresOnTimestamp).toBeGreaterThanOrEqual(before + HOUR);
    expect(asked).toEqual([{ name: 'sandbox', resource: 'https://vault.azure.net' }]);
  });

  test('keeps one token for each resource, however its scope is written', async () => {
    const { source, asked } = createSource();
    const credential = getServiceCredentialsProvider('sandbox', { authorize: 'unchecked', source });
    const first = await credential.getToken(VAULT);
    for (const scopes of [[VAULT], 'https://vault.azure.net', [VAULT, VAULT]]) {
      expect(await credential.getToken(scopes)).toEqual(first);
    }
    expect(asked.length).toBe(1);
    await credential.getToken('https://database.windows.net/.default');
    await credential.getToken('https://vault.azure.net//.default');
    expect(asked.map(({ resource }) => resource)).toEqual([
      'https://vault.azure.net',
      'https://database.windows.net',
      'https://vault.azure.net/',
    ]);
  });

  test('1,000 who ask at the same time wait for one request', async () => {
    const { source, asked } = createSource();
    const credential = getServiceCredentialsProvider('sandbox', { authorize: 'unchecked', source });
    const given = await Promise.all(Array.from({ length: 1000 }, () => credential.getToken(VAULT)));
    expect(new Set(given.map(({ token }) => token)).size).toBe(1);
    expect(asked.length).toBe(1);
  });

  test('keeps the tokens of few resources', async () => {
    const { source, asked } = createSource();
    const credential = getServiceCredentialsProvider('sandbox', { authorize: 'unchecked', source });
    for (let index = 0; index < 33; index++) await credential.getToken(`api://app-${index}`);
    await credential.getToken('api://app-32');
    await credential.getToken('api://app-1');
    expect(asked.length).toBe(33);
    await credential.getToken('api://app-0');
    expect(asked.length).toBe(34);
  });

  test('gives another one when a token is refused', async () => {
    const { source, asked } = createSource();
    const credential = getServiceCredentialsProvider('sandbox', { authorize: 'unchecked', source });
    const { token } = await credential.getToken(VAULT);
    credential.discard('another token');
    expect((await credential.getToken(VAULT)).token).toBe(token);
    credential.discard(token);
    expect((await credential.getToken(VAULT)).token).not.toBe(token);
    expect(asked.length).toBe(2);
  });

  test.each([
    [''],
    ['/.default'],
    ['a b'],
    ['https://vault.azure.net/.default openid'],
    ['a"b'],
    ['a\nb'],
    ['ä'],
    ['a'.repeat(513)],
    [[]],
    [[VAULT, 'https://database.windows.net/.default']],
    [[VAULT, 7]],
    [null],
    [undefined],
    [{ length: 1, 0: VAULT }],
  ])('takes no scopes %j', async (scopes) => {
    const { source, asked } = createSource();
    const credential = getServiceCredentialsProvider('sandbox', { authorize: 'unchecked', source });
    await expect(credential.getToken(scopes as never)).rejects.toThrow(TypeError);
    expect(asked).toEqual([]);
  });

  test('answers no claims challenge', async () => {
    const { source, asked } = createSource();
    const credential = getServiceCredentialsProvider('sandbox', { authorize: 'unchecked', source });
    const asking = credential.getToken(VAULT, { claims: '{"access_token":{}}' });
    await expect(asking).rejects.toThrow(CredentialUnavailableError);
    expect(asked).toEqual([]);
  });
});

describe('a signal', () => {
  test('ends the wait of one caller and not of the others', async () => {
    let give = (_: ExpiringToken): void => {};
    const { source } = createSource(
      () =>
        new Promise((resolve) => {
          give = resolve;
        }),
    );
    const credential = getServiceCredentialsProvider('sandbox', { authorize: 'unchecked', source });
    const controller = new AbortController();
    const impatient = credential.getToken(VAULT, { abortSignal: controller.signal });
    const patient = credential.getToken(VAULT);
    controller.abort();
    await expect(impatient).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    give({ token: 'late', expiresAt: Date.now() + HOUR });
    expect((await patient).token).toBe('late');
  });

  test('may be one that is only like a signal', async () => {
    const listeners = new Set<() => void>();
    const like = {
      aborted: false,
      addEventListener: (_: 'abort', listener: () => void) => void listeners.add(listener),
      removeEventListener: (_: 'abort', listener: () => void) => void listeners.delete(listener),
    };
    const { source } = createSource(() => new Promise(() => {}));
    const credential = getServiceCredentialsProvider('sandbox', { authorize: 'unchecked', source });
    const waiting = credential.getToken(VAULT, { abortSignal: like });
    for (const listener of listeners) listener();
    await expect(waiting).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(listeners.size).toBe(0);
    const early = credential.getToken(VAULT, { abortSignal: { ...like, aborted: true } });
    await expect(early).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  });
});

describe('ACCESS', () => {
  const permission = definePermission(
    {
      name: 'use',
      types: 'ServiceCredential',
      namePatterns: 'sales_.*',
      actions: 'ACCESS',
      policy: roles('sales'),
    },
    { vocabulary: databricksVocabulary },
  );
  const manage = definePermission(
    {
      name: 'own',
      types: 'ServiceCredential',
      namePatterns: 'sales_.*',
      actions: 'MANAGE',
      policy: roles('owner'),
    },
    { vocabulary: databricksVocabulary },
  );
  const authorizer = createAuthorizer({
    vocabulary: databricksVocabulary,
    permissions: [permission, manage],
    unsecured: 'allow',
  });
  const ann = { username: 'ann', roles: ['sales'] };

  test('is asked for before a token, one that is kept too', async () => {
    const { source, asked } = createSource();
    const credential = getServiceCredentialsProvider('sales_dbac', {
      source,
      authorize: { authorizer, subject: ann },
    });
    await credential.getToken(VAULT);
    expect(asked.length).toBe(1);
    authorizer.replace({ permissions: [manage] });
    try {
      await expect(credential.getToken(VAULT)).rejects.toThrow(PermissionDeniedError);
      expect(asked.length).toBe(1);
    } finally {
      authorizer.replace({ permissions: [permission, manage] });
    }
  });

  test.each([
    ['another role', 'sales_dbac', { username: 'bob', roles: ['hr'] }],
    ['MANAGE alone', 'sales_dbac', { username: 'bob', roles: ['owner'] }],
    ['nobody', 'sales_dbac', null],
    ['a credential that nothing secures', 'hr_dbac', ann],
  ])('is not held: %s', async (_, name, subject) => {
    const { source, asked } = createSource();
    const credential = getServiceCredentialsProvider(name, {
      source,
      authorize: { authorizer, subject },
    });
    const error = await credential.getToken(VAULT).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PermissionDeniedError);
    expect((error as Error).message).toBe(`not permitted: ACCESS on ServiceCredential \`${name}\``);
    expect(asked).toEqual([]);
  });

  test('refuses a credential without permissions, or without enforcement', async () => {
    const { source, asked } = createSource();
    for (const options of [
      { permissions: [], whenNoPermissions: 'allow-named' },
      { permissions: [permission], auth: { type: 'no_auth' } },
    ] as const) {
      const open = createAuthorizer({ vocabulary: databricksVocabulary, ...options });
      const resource = { type: 'ServiceCredential', name: 'sales_dbac' } as const;
      expect(open.can(ann, 'ACCESS', resource)).toBe(true);
      const credential = getServiceCredentialsProvider('sales_dbac', {
        source,
        authorize: { authorizer: open, subject: ann },
      });
      await expect(credential.getToken(VAULT)).rejects.toThrow(PermissionDeniedError);
    }
    expect(asked).toEqual([]);
  });
});

test.each(['', 'a/b', 'a.b', 'a b', 'a\n', '\u202e', 'a'.repeat(256), 7, null])(
  'refuses the name of a credential %j',
  (name) => {
    const { source } = createSource();
    expect(() =>
      getServiceCredentialsProvider(name as string, { authorize: 'unchecked', source }),
    ).toThrow(TypeError);
  },
);

test('a credential needs a source', () => {
  for (const options of [{}, { source: 'azure' }]) {
    expect(() => getServiceCredentialsProvider('sandbox', options as never)).toThrow(
      new TypeError('a service credential must have a source'),
    );
  }
  for (const options of [undefined, null]) {
    expect(() => getServiceCredentialsProvider('sandbox', options as never)).toThrow(
      new TypeError('options must be an object'),
    );
  }
});

describe('azureSqlAccessToken', () => {
  test('gives what tedious takes', async () => {
    const { source } = createSource();
    const credential = getServiceCredentialsProvider('sandbox', { authorize: 'unchecked', source });
    expect(await azureSqlAccessToken(credential)).toEqual({
      authentication: {
        type: 'azure-active-directory-access-token',
        options: { token: 'token-1-of-https://database.windows.net' },
      },
    });
  });

  test('gives it for another cloud', async () => {
    const { source, asked } = createSource();
    const credential = getServiceCredentialsProvider('sandbox', { authorize: 'unchecked', source });
    await azureSqlAccessToken(credential, { resource: 'https://database.chinacloudapi.cn' });
    expect(asked[0]?.resource).toBe('https://database.chinacloudapi.cn');
  });
});
