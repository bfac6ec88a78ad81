import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { RegistryProjectMissingError, RegistryUnavailableError } from '../../../src/model/index.js';
import {
  decodeRegistry,
  type RegistryContents,
  type RegistrySource,
} from '../../../src/registry/index.js';
import { withPermissionFile } from '../../../src/registry/with-permission-file.js';
import {
  CREDIT_SCORING,
  fixtureBytes,
  permissionInit,
  registryBytes,
  SOURCES,
} from '../registry-bytes.js';

/** A place that holds a registry for a test. */
export interface RegistryPlace {
  /** A source of what the place holds. */
  readonly open: () => Promise<RegistrySource>;
  /**
   * Puts a registry in place of what is there, as Feast would store it.
   *
   * @param bytes the registry as a file holds it
   */
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** Makes the place unreachable, or puts it out of order; `write` mends it. */
  readonly breakDown: () => Promise<void>;
  readonly close: () => Promise<void>;
  /** Must be in no message. */
  readonly secret?: string;
}

const ONE = registryBytes({ permissions: [permissionInit()] });
const OTHER = registryBytes({
  versionId: 'v2',
  permissions: [permissionInit({ name: 'other' })],
});
const EMPTY = registryBytes({ projects: [] });

/**
 * What every source of a registry does, whatever place it reads.
 *
 * @param make makes a place that holds no registry yet
 * @param hasVersions whether the place tells the versions of views
 */
export function describeRegistrySource(
  name: string,
  make: () => Promise<RegistryPlace>,
  { hasVersions = true }: { readonly hasVersions?: boolean } = {},
): void {
  describe(`the source of ${name}`, () => {
    let place: RegistryPlace;
    let source: RegistrySource;
    beforeAll(async () => {
      place = await make();
    });
    afterAll(() => place.close());
    beforeEach(async () => {
      await place.write(ONE);
      source = await place.open();
    });

    /** The error of reading, whose message holds no secret. */
    async function failure(signal?: AbortSignal): Promise<unknown> {
      const error = await source.read(signal === undefined ? {} : { signal }).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeDefined();
      if (place.secret !== undefined) expect(String(error)).not.toContain(place.secret);
      return error;
    }

    test('says what it reads, without a secret', () => {
      expect(source.describe()).toMatch(/registry/);
      if (place.secret !== undefined) expect(source.describe()).not.toContain(place.secret);
    });

    test.each([CREDIT_SCORING, SOURCES])('reads what Feast wrote: %s', async (path) => {
      const bytes = fixtureBytes(path);
      await place.write(bytes);
      const expected = decodeRegistry(bytes);
      const contents = await source.read();
      expect(inOrder(contents)).toEqual(inOrder(expected));
      expect(relationsOf(contents, hasVersions)).toEqual(relationsOf(expected, hasVersions));
      expect(Object.isFrozen(contents) && Object.isFrozen(contents.permissions)).toBe(true);
    });

    test('reads anew each time, and gives the same contents for the same registry', async () => {
      const first = await source.read();
      expect(await source.read()).toBe(first);
      await place.write(OTHER);
      const second = await source.read();
      expect(second.permissions.map((permission) => permission.name)).toEqual(['other']);
      expect(second.version).not.toBe(first.version);
    });

    test('reads a registry again that was unreachable', async () => {
      await place.breakDown();
      expect(await failure()).toBeInstanceOf(RegistryUnavailableError);
      await place.write(OTHER);
      expect((await source.read()).permissions).toHaveLength(1);
    });

    test('refuses a registry without a project, and reads the next one', async () => {
      await source.read();
      await place.write(EMPTY);
      const error = await failure();
      expect(error).toBeInstanceOf(RegistryProjectMissingError);
      expect((error as Error).message).toContain('holds no project');
      expect((error as Error).message).toContain(source.describe().split(' ')[0]);
      await place.write(ONE);
      expect((await source.read()).projects).toEqual(['p']);
    });

    test('stops when it is told to', async () => {
      const reason = new Error('called off');
      expect(await failure(AbortSignal.abort(reason))).toBe(reason);
      const controller = new AbortController();
      const reading = failure(controller.signal);
      controller.abort(reason);
      expect(await reading).toBe(reason);
    });

    test('takes the permissions of a file on top, and tells of their changes', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'permission-file-'));
      const watching = new AbortController();
      try {
        const file = join(folder, 'permissions.yaml');
        const layered = withPermissionFile(source, file);
        const named = async (): Promise<readonly string[]> =>
          (await layered.read()).permissions.map((permission) => permission.name);
        const alone = await named();
        const onChange = vi.fn<() => unknown>(named);
        layered.watch?.(onChange, { signal: watching.signal, pollSeconds: 0.05 });
        await writeFile(file, 'permissions: [{ name: on-top, policy: { roles: [reader] } }]');
        await vi.waitFor(
          async () => expect(await onChange.mock.results.at(-1)?.value).toContain('on-top'),
          10_000,
        );
        expect(await named()).toEqual([...alone, 'on-top']);
        await rm(file);
        expect(await named()).toEqual(alone);
      } finally {
        watching.abort();
        await rm(folder, { recursive: true });
      }
    });

    test('refuses an unknown option', async () => {
      const options = { sygnal: undefined } as object;
      await expect(source.read(options)).rejects.toBeInstanceOf(TypeError);
    });

    test('tells of a change until it was read, and no more after its signal', async () => {
      if (source.watch === undefined) return;
      await source.read();
      const watching = new AbortController();
      const onChange = vi.fn<() => void>();
      source.watch(onChange, { signal: watching.signal, pollSeconds: 0.05 });
      await place.write(OTHER);
      await vi.waitFor(() => expect(onChange.mock.calls.length).toBeGreaterThan(2), 10_000);
      watching.abort();
      const calls = onChange.mock.calls.length;
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(onChange.mock.calls.length).toBeLessThanOrEqual(calls + 1);
    });
  });
}

/** Sources keep their own order, and their own versions. */
function inOrder({ permissions, resources, projects, warnings }: RegistryContents): unknown {
  const sorted = <T>(all: readonly T[]): readonly T[] =>
    [...all].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return {
    permissions: sorted(permissions),
    resources: sorted(resources),
    projects: sorted(projects),
    warnings: sorted(warnings ?? []),
  };
}

function relationsOf({ relations, resources }: RegistryContents, hasVersions: boolean): unknown {
  const answers = resources.map(({ type, project = '', name }) => {
    const views =
      type === 'FeatureService'
        ? relations?.viewsOfService(project, name)
        : type === 'DataSource'
          ? relations?.viewsFedBy(project, name)
          : relations?.sourceViewsOf(project, name);
    const numbers = hasVersions ? [0, 1, 2] : [];
    const versions = numbers.flatMap((version) => relations?.versionsOf(project, name, version));
    return JSON.stringify([type, project, name, views?.map((view) => view.name).sort(), versions]);
  });
  return answers.sort();
}
