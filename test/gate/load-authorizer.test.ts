import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createGate } from '../../src/gate/index.js';
import type { Decision } from '../../src/model/index.js';
import {
  ConfigInvalidError,
  PermissionDeniedError,
  RegistryUnavailableError,
} from '../../src/model/index.js';
import { type LoadAuthorizerOptions, loadAuthorizer } from '../../src/node.js';
import { permissionInit, registryBytes } from '../registry/registry-bytes.js';

const EXAMPLE = 'examples/credit_scoring';
const VIEW = { type: 'FeatureView', name: 'transaction_features' } as const;
const READER = { username: 'reader', roles: ['super-reader'] };
const NOBODY = { username: 'noel' };

let folder = '';
let registry = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'load-authorizer-'));
  await mkdir(join(folder, 'data'));
  registry = join(folder, 'data/registry.db');
  await copyFile(`${EXAMPLE}/data/registry.db`, registry);
  await copyFile(`${EXAMPLE}/feature_store_oidc.yaml`, join(folder, 'feature_store.yaml'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const load = (options: LoadAuthorizerOptions = {}) =>
  loadAuthorizer(folder, { pollSeconds: 0, ...options });

describe('an authorizer that is loaded', () => {
  test('answers every question by the permissions of the registry', async () => {
    const authorizer = await load();
    expect(authorizer.can(READER, 'READ_ONLINE', VIEW)).toBe(true);
    expect(authorizer.decide(NOBODY, 'READ_ONLINE', VIEW).allowed).toBe(false);
    expect(authorizer.decideDescribed(READER, 'READ_ONLINE', VIEW).allowed).toBe(true);
    expect(() => authorizer.assert(NOBODY, 'READ_ONLINE', VIEW)).toThrow(PermissionDeniedError);
    expect(authorizer.filter(READER, 'READ_ONLINE', [VIEW])).toEqual([VIEW]);
    expect(authorizer.decideChange(NOBODY, { existing: VIEW, proposed: VIEW }).allowed).toBe(false);
    expect(authorizer.for(READER).can('READ_ONLINE', VIEW)).toBe(true);
    expect(authorizer.project).toBe('credit_scoring');
    expect(authorizer.config?.auth.type).toBe('oidc');
    expect(authorizer.snapshot.permissions.length).toBeGreaterThan(0);
    expect(authorizer.relations?.viewsFedBy('credit_scoring', 'labels_push')).toHaveLength(1);
    expect(authorizer.warnings).toEqual(authorizer.snapshot.warnings);
    authorizer.close();
  });

  test('tells `onDecision` of decisions', async () => {
    const decisions: Decision[] = [];
    const authorizer = await load({ onDecision: (decision) => void decisions.push(decision) });
    authorizer.can(NOBODY, 'READ_ONLINE', VIEW);
    expect(decisions.map(({ allowed }) => allowed)).toEqual([false]);
  });

  test('is what a gate decides by', async () => {
    const authorizer = await load();
    const authenticator = { authenticate: () => Promise.resolve(NOBODY) };
    const gate = createGate({ authenticator, authorizer, telemetry: false });
    const requirements = { actions: 'READ_ONLINE', resources: VIEW } as const;
    await expect(gate.check({ authorization: 'Bearer x', requirements })).rejects.toThrow(
      PermissionDeniedError,
    );
  });

  test('follows the permission file beside the configuration', async () => {
    const authorizer = await load({ pollSeconds: 0.05 });
    const may = (): boolean => authorizer.can(NOBODY, 'READ_ONLINE', VIEW);
    expect(may()).toBe(false);
    const file = join(folder, 'permissions.yaml');
    await writeFile(file, 'permissions: [{ name: all, policy: { type: AllowAll } }]');
    await vi.waitFor(() => expect(may()).toBe(true), 10_000);
    await rm(file);
    await vi.waitFor(() => expect(may()).toBe(false), 10_000);
    authorizer.close();
  });

  test('denies everything where the registry has no permission', async () => {
    await writeFile(registry, registryBytes({ projects: [{ spec: { name: 'credit_scoring' } }] }));
    const authorizer = await load();
    expect(authorizer.can(READER, 'READ_ONLINE', VIEW)).toBe(false);
  });

  test('puts the registry in force that `reload` finds, and keeps the last good one', async () => {
    const authorizer = await load({ onReload: () => {} });
    const bound = authorizer.for(READER);
    await writeFile(registry, 'broken');
    await expect(authorizer.reload()).rejects.toThrow();
    expect(bound.can('READ_ONLINE', VIEW)).toBe(true);
    expect(authorizer.warnings.join()).toContain('stays in force');
    await writeFile(registry, registryBytes({ projects: [{ spec: { name: 'credit_scoring' } }] }));
    await authorizer.reload();
    expect(bound.can('READ_ONLINE', VIEW)).toBe(false);
    expect(authorizer.warnings.join()).toContain('has lost all of its permissions');
  });

  test('is replaced and closed: it keeps answering, and does not reload', async () => {
    const authorizer = await load();
    authorizer.replace({ permissions: [] });
    expect(authorizer.can(READER, 'READ_ONLINE', VIEW)).toBe(false);
    authorizer.close();
    await expect(authorizer.reload()).rejects.toThrow('closed');
    expect(authorizer.can(READER, 'READ_ONLINE', VIEW)).toBe(false);
  });

  test('takes a registry file alone, and enforces its permissions', async () => {
    const authorizer = await loadAuthorizer(registry, { pollSeconds: 0 });
    const [project] = new Set([...authorizer.snapshot.resources()].map((one) => one.project));
    expect(authorizer.config).toBeUndefined();
    expect(authorizer.can(NOBODY, 'READ_ONLINE', { ...VIEW, ...(project && { project }) })).toBe(
      false,
    );
  });
});

describe('the version of Python', () => {
  /** Matches a letter that is new in Unicode 15.0 until Python knows it. */
  const permission = (name: string) =>
    permissionInit({ name, project: 'credit_scoring', namePatterns: ['\\W'] });
  const write = (...names: readonly string[]) =>
    writeFile(
      registry,
      registryBytes({
        projects: [{ spec: { name: 'credit_scoring' } }],
        permissions: names.map(permission),
      }),
    );
  const NEW_LETTER = { type: 'FeatureView', name: '\u{1e4d0}' } as const;
  const subject = { username: 'ada', roles: ['admin'] };

  test('is that of the option, also after a reload', async () => {
    for (const [python, allowed] of [
      ['3.11', true],
      ['3.12', false],
    ] as const) {
      await write('p');
      const authorizer = await load({ python });
      expect(authorizer.can(subject, 'DESCRIBE', NEW_LETTER)).toBe(allowed);
      await write('p', 'q');
      await authorizer.reload();
      expect(authorizer.snapshot.permissions).toHaveLength(2);
      expect(authorizer.can(subject, 'DESCRIBE', NEW_LETTER)).toBe(allowed);
      authorizer.close();
    }
  });
});

describe('loading an authorizer', () => {
  test('refuses `no_auth` unless that is allowed', async () => {
    const yaml = 'project: credit_scoring\nregistry: data/registry.db\n';
    await writeFile(join(folder, 'feature_store.yaml'), yaml);
    await expect(load()).rejects.toThrow(ConfigInvalidError);
    expect((await load({ allowNoAuth: true })).snapshot.enforced).toBe(false);
  });

  test('fails without a configuration or a registry', async () => {
    await rm(registry);
    await expect(load()).rejects.toThrow(RegistryUnavailableError);
    await rm(join(folder, 'feature_store.yaml'));
    await expect(load()).rejects.toThrow(ConfigInvalidError);
  });

  test.each<[string, object]>([
    ['a misspelt option', { onDecisions: () => {} }],
    ['an option of the gate', { realm: 'x' }],
    ['a listener that cannot be called', { onDecision: 'log' }],
    ['a period below 0', { pollSeconds: -1 }],
    ['text for a switch', { allowNoAuth: 'true' }],
    ['a version of Python that is not known', { python: '3.9' }],
    ['a version of Python within `rules`', { rules: { python: '3.12' } }],
    ['a listener of reloads that cannot be called', { onReload: {} }],
  ])('refuses %s', async (_, options) => {
    await expect(load(options)).rejects.toThrow(TypeError);
  });
});
