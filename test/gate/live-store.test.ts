import { copyFile, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  RegistryInvalidError,
  RegistryProjectMissingError,
  RegistryUnavailableError,
} from '../../src/model/index.js';
import {
  type LoadedGate,
  type LoadGateOptions,
  loadGate,
  type ReloadEvent,
} from '../../src/node.js';
import { permissionInit, type RegistryInit, registryBytes } from '../registry/registry-bytes.js';

const CONFIG = 'project: p\nregistry: registry.db\nauth: {type: kubernetes}\n';
const READ = { actions: 'DESCRIBE', resources: { type: 'FeatureView', name: 'v' } } as const;
const POLL = { pollSeconds: 0.02 };
const PATIENT = { timeout: 20_000, interval: 10 };

let folder = '';
let registry = '';
let gates: LoadedGate[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'live-store-'));
  registry = join(folder, 'registry.db');
  await writeFile(join(folder, 'feature_store.yaml'), CONFIG);
  await writeFile(registry, bytesFor('reader'));
});
afterEach(async () => {
  for (const gate of gates) await gate.close();
  gates = [];
  await rm(folder, { recursive: true });
});

/** A registry of one view, which one role may describe. */
function bytesFor(role: string, fields: RegistryInit = {}): Uint8Array {
  const policyType = { case: 'roleBasedPolicy', value: { roles: [role] } };
  return registryBytes({
    featureViews: [{ spec: { name: 'v', project: 'p' } }],
    permissions: [permissionInit({ policy: { policyType } } as never)],
    ...fields,
  });
}

async function load(
  options: LoadGateOptions = {},
): Promise<{ gate: LoadedGate; events: ReloadEvent[]; may: () => Promise<boolean> }> {
  const events: ReloadEvent[] = [];
  const authenticator = {
    warnings: [],
    authenticate: async () => ({ username: 'ann', roles: ['reader'] }),
    close: () => {},
  };
  const gate = await loadGate(folder, {
    authenticator,
    telemetry: false,
    onReload: (event) => events.push(event),
    ...POLL,
    ...options,
  });
  gates.push(gate);
  const may = async (): Promise<boolean> => {
    const caller = await gate.authenticate('Bearer x');
    return caller.can('DESCRIBE', { type: 'FeatureView', name: 'v' });
  };
  return { gate, events, may };
}

const until = (check: () => unknown): Promise<unknown> => vi.waitFor(check, PATIENT);

describe('a registry that changes', () => {
  test('is in force without being asked for, also for callers that are known', async () => {
    const { gate, events, may } = await load();
    const caller = await gate.authenticate('Bearer x');
    gate.authorize(caller, READ);
    await writeFile(registry, bytesFor('writer'));
    await until(() => expect(caller.can('DESCRIBE', READ.resources)).toBe(false));
    await writeFile(registry, bytesFor('reader', { versionId: 'v3' }));
    await until(async () => expect(await may()).toBe(true));
    // A look may meet a file that is half written.
    expect(events.filter(({ outcome }) => outcome === 'reloaded')).toHaveLength(2);
    expect(events.at(-1)).toMatchObject({ version: 'v3', emptiedProjects: [] });
  });

  test('is noticed where size and time are as before', async () => {
    const { may } = await load();
    const old = new Date(1_700_000_000_000);
    await utimes(registry, old, old);
    // Later than what may be indistinguishable, so that nothing but the file's state tells.
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    await writeFile(registry, bytesFor('writer'));
    await utimes(registry, old, old);
    await until(async () => expect(await may()).toBe(false));
  });

  test('is noticed where another file takes its place', async () => {
    const { may } = await load();
    await writeFile(`${registry}.new`, bytesFor('writer'));
    await rename(`${registry}.new`, registry);
    await until(async () => expect(await may()).toBe(false));
  });

  test('is not compiled again where it was only touched', async () => {
    const { gate, events } = await load();
    const { snapshot } = gate.authorizer;
    await writeFile(registry, bytesFor('reader'));
    await utimes(registry, new Date(), new Date(1_700_000_000_000));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(gate.authorizer.snapshot).toBe(snapshot);
    expect(events).toEqual([]);
  });

  test('is not looked at where polling is off', async () => {
    const { gate, may } = await load({ pollSeconds: 0 });
    await writeFile(registry, bytesFor('writer'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await may()).toBe(true);
    await gate.reload();
    expect(await may()).toBe(false);
  });

  test('is the one that the configuration names after a reload', async () => {
    const { gate, may } = await load();
    const moved = join(folder, 'moved.db');
    await copyFile(registry, moved);
    const text = CONFIG.replace('registry.db', 'moved.db');
    await writeFile(join(folder, 'feature_store.yaml'), text);
    await gate.reload();
    await writeFile(registry, bytesFor('writer'));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await may()).toBe(true);
    await writeFile(moved, bytesFor('writer'));
    await until(async () => expect(await may()).toBe(false));
  });
});

describe('a registry that is not believed', () => {
  const whole = bytesFor('reader');
  test.each<readonly [string, Uint8Array | undefined, unknown]>([
    ['that is cut off', whole.subarray(0, 40), RegistryInvalidError],
    ['that is missing', undefined, RegistryUnavailableError],
    ['that is empty', new Uint8Array(), RegistryInvalidError],
    ['without any project', registryBytes({ projects: [] }), RegistryProjectMissingError],
    [
      'of another project',
      registryBytes({ projects: [{ spec: { name: 'q' } }] }),
      expect.objectContaining({ message: expect.stringContaining('project `p` is not in') }),
    ],
  ])('%s leaves the last good one in force, and is reported', async (_, bytes, error) => {
    const { gate, events, may } = await load();
    if (bytes === undefined) await rm(registry);
    else await writeFile(registry, bytes);
    await until(() => expect(events.length).toBeGreaterThan(0));
    const [event] = events as [ReloadEvent];
    expect(event.outcome).toBe('failed');
    const thrown = (event as { error?: unknown }).error;
    if (typeof error === 'function') expect(thrown).toBeInstanceOf(error);
    else expect(thrown).toEqual(error);
    expect(await may()).toBe(true);
    expect(gate.warnings.at(-1)).toMatch(/^the registry of .* stays in force, as reading it again/);

    await writeFile(registry, bytesFor('writer'));
    await until(async () => expect(await may()).toBe(false));
    expect(gate.warnings).toEqual(gate.authorizer.snapshot.warnings);
  });

  test('holds none of its projects, where no configuration names one', async () => {
    const { events, may } = await load();
    gates.pop();
    const alone = await loadGate(registry, {
      authenticator: { warnings: [], authenticate: async () => null, close: () => {} },
      telemetry: false,
      onReload: (event) => events.push(event),
      ...POLL,
    });
    gates.push(alone);
    const { snapshot } = alone.authorizer;
    await writeFile(registry, registryBytes({ projects: [{ spec: { name: 'q' } }] }));
    await until(() => expect(events.length).toBeGreaterThan(1));
    expect(alone.authorizer.snapshot).toBe(snapshot);
    expect(await may()).toBe(true);
  });

  test('is a process warning, once, without a listener', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    await load({ onReload: undefined });
    await rm(registry);
    await until(() => expect(warn).toHaveBeenCalled());
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(warn).toHaveBeenCalledTimes(1);
    expect(String(warn.mock.calls[0]?.[0])).toContain('the file does not exist');
    warn.mockRestore();
  });

  test('changes nothing, whatever its listener does', async () => {
    let calls = 0;
    const { may } = await load({
      onReload: () => {
        calls += 1;
        if (calls === 1) throw new Error('full');
        return Promise.reject(new Error('later'));
      },
    });
    await rm(registry);
    await until(() => expect(calls).toBeGreaterThan(2));
    await writeFile(registry, bytesFor('writer'));
    await until(async () => expect(await may()).toBe(false));
  });
});

describe('permissions that are gone', () => {
  const rules = { whenNoPermissions: 'allow-named', unsecured: 'allow' } as const;

  test('are revoked at once, whatever the rules open without permissions', async () => {
    const { gate, events, may } = await load({ rules });
    await writeFile(registry, bytesFor('reader', { permissions: [] }));
    await until(async () => expect(await may()).toBe(false));
    expect(events.at(-1)).toMatchObject({ outcome: 'reloaded', emptiedProjects: ['p'] });
    expect(gate.warnings.at(-1)).toContain('project `p` has lost all of its permissions');

    await gate.reload();
    expect(await may()).toBe(false);
    await writeFile(registry, bytesFor('reader'));
    await until(async () => expect(await may()).toBe(true));
    expect(gate.warnings).toEqual(gate.authorizer.snapshot.warnings);
  });

  test('never were there: the rules say what that means', async () => {
    await writeFile(registry, bytesFor('reader', { permissions: [] }));
    const { gate, may } = await load({ rules });
    expect(await may()).toBe(true);
    await gate.reload();
    expect(await may()).toBe(true);
  });
});

describe('the watch', () => {
  test('ends with the gate', async () => {
    const { gate, events } = await load();
    await gate.close();
    await writeFile(registry, bytesFor('writer'));
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(events).toEqual([]);
    await expect(gate.reload()).rejects.toThrow('the gate is closed');
  });

  test.each([-1, Number.NaN, 86_401, '5', Number.POSITIVE_INFINITY])(
    'is refused every %s seconds',
    async (pollSeconds) => {
      await expect(load({ pollSeconds: pollSeconds as number })).rejects.toThrow(TypeError);
    },
  );
});
