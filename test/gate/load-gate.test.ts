import { appendFile, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  ConfigInvalidError,
  IdentityMissingError,
  PermissionDeniedError,
  RegistryInvalidError,
} from '../../src/model/index.js';
import { type LoadGateOptions, loadGate } from '../../src/node.js';
import { registryBytes } from '../registry/registry-bytes.js';

const EXAMPLE = 'examples/credit_scoring';
const READ = {
  actions: 'READ_ONLINE',
  resources: { type: 'FeatureView', name: 'transaction_features' },
} as const;

let folder = '';
let registry = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'load-gate-'));
  await mkdir(join(folder, 'data'));
  registry = join(folder, 'data/registry.db');
  await copyFile(`${EXAMPLE}/data/registry.db`, registry);
  await copyFile(`${EXAMPLE}/feature_store_oidc.yaml`, join(folder, 'feature_store.yaml'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const reader = (): NonNullable<LoadGateOptions['authenticator']> & { closed: number } => {
  const authenticator = {
    closed: 0,
    warnings: [],
    authenticate: async () => ({ username: 'reader', roles: ['super-reader'] }),
    close: () => {
      authenticator.closed++;
    },
  };
  return authenticator;
};

const load = (options: LoadGateOptions = {}) =>
  loadGate(folder, { authenticator: reader(), telemetry: false, ...options });

describe('a gate that is loaded', () => {
  test('knows who callers are and what they may do', async () => {
    const gate = await load();
    const caller = await gate.check({ authorization: 'Bearer x', requirements: READ });
    expect(caller.subject?.username).toBe('reader');
    expect(() => gate.authorize(caller, { ...READ, actions: 'WRITE_ONLINE' })).toThrow(
      PermissionDeniedError,
    );
    expect(gate.project).toBe('credit_scoring');
    expect(gate.config?.auth.type).toBe('oidc');
    expect(gate.relations?.viewsFedBy('credit_scoring', 'labels_push')).toHaveLength(1);
    expect(gate.warnings).toEqual(gate.authorizer.snapshot.warnings);
    expect(gate.refuse(undefined).status).toBe(500);
  });

  test('takes the authenticator that the configuration asks for', async () => {
    const gate = await load({ authenticator: undefined });
    await expect(gate.authenticate(undefined)).rejects.toThrow(IdentityMissingError);
    await gate.close();
    await expect(gate.authenticate('Bearer a.b.c')).rejects.toThrow();
  });

  test('closes its authenticator', async () => {
    const authenticator = reader();
    await (await load({ authenticator })).close();
    expect(authenticator.closed).toBe(1);
  });

  test('is not made without authentication, unless that is allowed', async () => {
    await copyFile(`${EXAMPLE}/feature_store.yaml`, join(folder, 'feature_store.yaml'));
    await rm(registry);
    for (const options of [{}, { authenticator: undefined }, { allowNoAuth: false }]) {
      await expect(load(options)).rejects.toThrow(ConfigInvalidError);
      await expect(load(options)).rejects.toThrow(
        /feature_store\.yaml: `auth` is missing or `no_auth`/,
      );
    }
    await expect(load({ allowNoAuth: 'yes' as never })).rejects.toThrow(TypeError);
  });

  test('says what the configuration says without effect', async () => {
    const file = join(folder, 'feature_store.yaml');
    await appendFile(file, '\nauthentication: {type: oidc}\n');
    expect((await load()).warnings.at(-1)).toContain('`authentication` is not read');
  });

  test('enforces nothing under no_auth, and says so', async () => {
    await copyFile(`${EXAMPLE}/feature_store.yaml`, join(folder, 'feature_store.yaml'));
    const gate = await load({ authenticator: undefined, allowNoAuth: true });
    const caller = await gate.authenticate(undefined);
    gate.authorize(caller, { ...READ, actions: 'DELETE' });
    expect(gate.warnings[0]).toContain('no_auth');
  });

  test('refuses settings for an authenticator beside an authenticator', async () => {
    const loading = load({ identity: {} });
    await expect(loading).rejects.toThrow(TypeError);
    await expect(loading).rejects.toThrow('option `identity` has no effect beside `authenticator`');
  });

  test('refuses without permissions by default', async () => {
    const bytes = registryBytes({ projects: [{ spec: { name: 'credit_scoring' } }] });
    await writeFile(registry, bytes);
    const check = { authorization: 'Bearer x', requirements: READ };
    await expect((await load()).check(check)).rejects.toThrow(PermissionDeniedError);
    const rules = { whenNoPermissions: undefined } as unknown as LoadGateOptions['rules'];
    await expect((await load({ rules })).check(check)).rejects.toThrow(PermissionDeniedError);
    const open = await load({ rules: { whenNoPermissions: 'allow-named' } });
    await open.check(check);
  });

  test('of a registry file alone needs an authenticator', async () => {
    await expect(loadGate(registry, { telemetry: false })).rejects.toThrow(ConfigInvalidError);
    const gate = await loadGate(registry, { telemetry: false, authenticator: reader() });
    expect(gate.config).toBeUndefined();
    expect(gate.project).toBeUndefined();
  });

  test('is not made from a registry that is cut', async () => {
    await writeFile(registry, (await readFile(registry)).subarray(0, 1000));
    await expect(load()).rejects.toThrow(RegistryInvalidError);
  });
});

describe('reload', () => {
  test('puts permissions and relations in force together', async () => {
    const gate = await load();
    const caller = await gate.authenticate('Bearer x');
    const before = gate.relations;
    await writeFile(registry, registryBytes({ projects: [{ spec: { name: 'credit_scoring' } }] }));
    gate.authorize(caller, READ);
    await gate.reload();
    expect(() => gate.authorize(caller, READ)).toThrow(PermissionDeniedError);
    expect(gate.relations).not.toBe(before);
    expect(gate.relations?.viewsFedBy('credit_scoring', 'labels_push')).toBeUndefined();
    expect(gate.authorizer.snapshot.version).toBe('v1');
  });

  test('keeps what is in force when the registry cannot be read, and goes on afterwards', async () => {
    const gate = await load();
    const caller = await gate.authenticate('Bearer x');
    const { relations } = gate;
    const whole = await readFile(registry);
    await writeFile(registry, whole.subarray(0, 1000));
    await expect(gate.reload()).rejects.toThrow(RegistryInvalidError);
    gate.authorize(caller, READ);
    expect(gate.relations).toBe(relations);
    await writeFile(registry, whole);
    await Promise.all([gate.reload(), gate.reload()]);
    gate.authorize(caller, READ);
  });

  test('opens nothing when the configuration says no_auth all of a sudden', async () => {
    const gate = await load();
    const caller = await gate.authenticate('Bearer x');
    await copyFile(`${EXAMPLE}/feature_store.yaml`, join(folder, 'feature_store.yaml'));
    await expect(gate.reload()).rejects.toThrow(ConfigInvalidError);
    expect(() => gate.authorize(caller, { ...READ, actions: 'DELETE' })).toThrow(
      PermissionDeniedError,
    );
  });

  test('takes another project for another server', async () => {
    const gate = await load();
    const file = join(folder, 'feature_store.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('project: credit_scoring', 'project: fraud_detection'));
    await expect(gate.reload()).rejects.toThrow('`project` has changed');
  });

  test('is aborted by its signal', async () => {
    const gate = await load();
    const { snapshot } = gate.authorizer;
    await expect(gate.reload({ signal: AbortSignal.abort() })).rejects.toThrow();
    expect(gate.authorizer.snapshot).toBe(snapshot);
  });
});
