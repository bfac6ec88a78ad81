import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import {
  createAwsSecretStore,
  createDatabricksSecretStore,
  createEnvironmentSecretStore,
  createFileSecretStore,
  createKeyVaultSecretStore,
  createSecretStore,
  type KeyVaultSecretsClient,
  type SecretName,
  secretVariable,
} from '../../../src/platforms/secrets/index.js';
import { type CreateWorld, describeSecretStore } from './support/secret-store-contract.js';

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

const id = ({ scope, key }: SecretName): string => `${scope}/${key}`;

interface Service {
  readonly read: (name: SecretName) => string | undefined;
  readonly put: (name: SecretName, value: string) => Promise<void>;
  readonly forbid: (name: SecretName) => Promise<void>;
  readonly breakDown: (detail: string) => Promise<void>;
}

/** What is behind a client; `refuse` and `fail` make the errors that the real client throws. */
function createService(
  refuse: (detail: string) => unknown,
  fail: (detail: string) => unknown,
): Service {
  const values = new Map<string, string>();
  const forbidden = new Set<string>();
  let broken: string | undefined;
  return {
    read: (name) => {
      if (broken !== undefined) throw fail(broken);
      if (forbidden.has(id(name))) throw refuse(values.get(id(name)) ?? '');
      return values.get(id(name));
    },
    put: async (name, value) => void values.set(id(name), value),
    forbid: async (name) => void forbidden.add(id(name)),
    breakDown: async (detail) => {
      broken = detail;
    },
  };
}

/** An error as clients throw them: with the request, its credentials and its answer. */
function clientError(fields: object, detail: string): Error {
  return Object.assign(new Error(`it said: ${detail}`), {
    request: { headers: { authorization: detail } },
    ...fields,
  });
}

const fileWorld: CreateWorld = async (options) => {
  const folder = await mkdtemp(join(tmpdir(), 'feast-permissions-secrets-'));
  folders.push(folder);
  const root = join(folder, 'root');
  await mkdir(root);
  const pathOf = (name: SecretName): string => join(root, name.scope, name.key);
  return {
    store: createFileSecretStore(root, options),
    put: async (name, value) => {
      await mkdir(dirname(pathOf(name)), { recursive: true });
      await writeFile(pathOf(name), value);
    },
    forbid: async (name) => {
      await writeFile(join(folder, 'outside'), 'outside');
      await rm(pathOf(name));
      await symlink(join(folder, 'outside'), pathOf(name));
    },
    breakDown: () => rm(root, { recursive: true }),
  };
};

describeSecretStore('createEnvironmentSecretStore', async (options) => {
  const env: Record<string, string> = {};
  return {
    store: createEnvironmentSecretStore({ ...options, env }),
    put: async (name, value) => {
      env[secretVariable(name)] = value;
    },
    forbid: undefined,
    breakDown: undefined,
  };
});

describeSecretStore('createFileSecretStore', fileWorld);

describeSecretStore('createDatabricksSecretStore', async (options) => {
  const service = createService(
    (detail) => clientError({ errorCode: 'PERMISSION_DENIED', statusCode: 403 }, detail),
    (detail) => clientError({ errorCode: 'TEMPORARILY_UNAVAILABLE', statusCode: 503 }, detail),
  );
  const client = {
    getSecret: async (name: SecretName) => {
      const value = service.read(name);
      if (value === undefined) throw clientError({ error_code: 'RESOURCE_DOES_NOT_EXIST' }, '');
      return { key: name.key, value: Buffer.from(value).toString('base64') };
    },
  };
  return { ...service, store: createDatabricksSecretStore(client, options) };
});

describeSecretStore('createKeyVaultSecretStore', async (options) => {
  const service = createService(
    (detail) => clientError({ name: 'RestError', code: 'Forbidden', statusCode: 403 }, detail),
    (detail) => clientError({ name: 'RestError', code: 'ENOTFOUND' }, detail),
  );
  const clientFor = (scope: string): KeyVaultSecretsClient => ({
    getSecret: async (key) => {
      const value = service.read({ scope, key });
      if (value === undefined) {
        throw clientError({ name: 'RestError', code: 'SecretNotFound', statusCode: 404 }, '');
      }
      return { value };
    },
  });
  const vaults = new Map(['feast-read', 'feast-write'].map((scope) => [scope, clientFor(scope)]));
  return { ...service, store: createKeyVaultSecretStore(vaults, options) };
});

describeSecretStore('createAwsSecretStore', async (options) => {
  const service = createService(
    (detail) => clientError({ name: 'AccessDeniedException' }, detail),
    (detail) =>
      clientError({ name: 'InternalServiceError', $metadata: { httpStatusCode: 500 } }, detail),
  );
  const client = {
    getSecretValue: async ({ SecretId }: { readonly SecretId: string }) => {
      const [scope = '', key = ''] = SecretId.split('/');
      const value = service.read({ scope, key });
      if (value !== undefined) return { SecretString: value };
      const $metadata = { httpStatusCode: 400 };
      throw clientError({ name: 'ResourceNotFoundException', $metadata }, '');
    },
  };
  return { ...service, store: createAwsSecretStore(client, options) };
});

describeSecretStore('createSecretStore with a function', async (options) => {
  const service = createService(
    (detail) => clientError({ status: 401 }, detail),
    (detail) => detail,
  );
  return { ...service, store: createSecretStore(async (name) => service.read(name), options) };
});
