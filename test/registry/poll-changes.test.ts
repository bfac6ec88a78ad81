import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createFileRegistry, type RegistrySource } from '../../src/registry/index.js';
import { pollChanges } from '../../src/registry/poll-changes.js';
import { registryBytes } from './registry-bytes.js';

let watching = new AbortController();
beforeEach(() => {
  watching = new AbortController();
});
afterEach(() => {
  watching.abort();
  vi.restoreAllMocks();
});

const options = (): { signal: AbortSignal; pollSeconds: number } => ({
  signal: watching.signal,
  pollSeconds: 0.005,
});

describe('pollChanges', () => {
  test('keeps no process alive', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    let looks = 0;
    pollChanges(async () => ++looks < 0, vi.fn<() => void>(), options());
    await vi.waitFor(() => expect(looks).toBeGreaterThan(2));
    const own = timers.mock.results.filter((_, call) => timers.mock.calls[call]?.[1] === 5);
    expect(own.length).toBeGreaterThan(2);
    for (const { value } of own) expect((value as NodeJS.Timeout).hasRef()).toBe(false);
  });

  test('never has two changes at a time', async () => {
    let running = 0;
    let most = 0;
    let changes = 0;
    const onChange = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running -= 1;
      changes += 1;
    };
    pollChanges(async () => true, onChange, options());
    await vi.waitFor(() => expect(changes).toBeGreaterThan(3));
    expect(most).toBe(1);
  });

  test('tells of looks that found nothing new, with their start', async () => {
    const sinces: number[] = [];
    const start = performance.now();
    let looks = 0;
    pollChanges(async () => ++looks === 2, vi.fn<() => void>(), {
      ...options(),
      onUnchanged: (since) => {
        sinces.push(since);
        if (looks === 3) throw new Error('full');
      },
    });
    await vi.waitFor(() => expect(looks).toBeGreaterThan(4));
    expect(sinces.length).toBeGreaterThan(2);
    expect(sinces.length).toBeLessThan(looks);
    expect(sinces).toEqual([...sinces].sort((a, b) => a - b));
    expect(sinces[0]).toBeGreaterThan(start);
  });

  test('goes on after errors of both functions', async () => {
    let looks = 0;
    const hasChanged = async (): Promise<boolean> => {
      looks += 1;
      if (looks % 2 === 1) throw new Error('down');
      return true;
    };
    const onChange = vi.fn<() => void>(() => {
      throw new Error('not read');
    });
    pollChanges(hasChanged, onChange, options());
    await vi.waitFor(() => expect(onChange.mock.calls.length).toBeGreaterThan(2));
  });

  test('ends with its signal, also while it looks', async () => {
    const onChange = vi.fn<() => void>();
    let answer: ((changed: boolean) => void) | undefined;
    const hasChanged = (): Promise<boolean> => new Promise((resolve) => (answer = resolve));
    pollChanges(hasChanged, onChange, options());
    await vi.waitFor(() => expect(answer).toBeDefined());
    watching.abort();
    answer?.(true);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(onChange).not.toHaveBeenCalled();
  });

  test('refuses options that are wrong', () => {
    const poll = (wrong: object): void =>
      pollChanges(async () => false, vi.fn<() => void>(), { ...options(), ...wrong });
    for (const pollSeconds of [0, -1, Number.NaN, 86_401]) {
      expect(() => poll({ pollSeconds })).toThrow(TypeError);
    }
    expect(() => poll({ signal: undefined })).toThrow(TypeError);
  });
});

describe('the watch of a registry file', () => {
  let folder = '';
  let path = '';
  let source: RegistrySource;
  let changes = 0;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'watch-'));
    path = join(folder, 'registry.db');
    changes = 0;
    await writeFile(path, registryBytes());
    source = createFileRegistry({ path });
  });
  afterEach(() => rm(folder, { recursive: true }));
  const watch = (onChange: () => unknown): void => source.watch?.(onChange, options());

  test('calls until the change was read', async () => {
    await source.read();
    watch(() => {
      changes += 1;
    });
    await writeFile(path, registryBytes({ versionId: 'v2' }));
    await vi.waitFor(() => expect(changes).toBeGreaterThan(3));
  });

  test('calls again after the file could not be reached', async () => {
    await rm(path);
    watch(async () => {
      changes += 1;
      await source.read();
    });
    await vi.waitFor(() => expect(changes).toBeGreaterThan(3));
    await writeFile(path, registryBytes());
    await vi.waitFor(async () => expect((await source.read()).version).toBe('v1'));
  });

  test('gives the same contents for the same bytes', async () => {
    const first = await source.read();
    await writeFile(path, registryBytes());
    expect(await source.read()).toBe(first);
    await writeFile(path, registryBytes({ versionId: 'v2' }));
    expect((await source.read()).version).toBe('v2');
  });
});
