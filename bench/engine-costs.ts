import {
  ADVERSARIES,
  type AdversarialStore,
  type Adversary,
  CLASSES_ALONE,
} from './adversaries.js';
import { ANALYSIS_JOB } from './analysis.js';
import { BOUNDS_JOB } from './bounds.js';
import type { Build, BuildModules } from './builds.js';
import { CHANGES_JOB } from './changes.js';
import { createRandom, type GeneratedPermission, generateStore } from './generate-store.js';
import { median } from './measure.js';
import { REDACTION_JOB } from './redaction-worst.js';
import { encodeRegistry } from './write-registry.js';

/** A figure with its unit, and what it was measured on. */
export interface Cost {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The same figure of the build that is the baseline. */
  readonly baseline?: number | undefined;
}

/**
 * Measures one job after another in a process of its own, so that one's garbage is not another's.
 * Needs `--expose-gc`.
 */
export const JOBS: Readonly<
  Record<string, (permissions: number, resources: number, build: Build) => Promise<Cost[]>>
> = {
  compile: async (permissions, resources, build) => {
    const { createAuthorizer } = await build.load('.');
    const store = plainStore(permissions, resources);
    // Names that were put together lie in pieces until they are read: not the authorizer's memory.
    for (const { name } of store.resources) name.charCodeAt(name.length - 1);
    const before = usedBytes();
    const withoutResources = createAuthorizer({ permissions: store.permissions });
    const forPermissions = usedBytes() - before;
    const start = performance.now();
    const authorizer = createAuthorizer(store);
    const ms = performance.now() - start;
    const bytes = usedBytes() - before - forPermissions;
    const peak = process.resourceUsage().maxRSS / 1024;
    const compiled = [withoutResources, authorizer].map(
      ({ snapshot }) => snapshot.permissions.length,
    );
    if (compiled.some((count) => count !== permissions)) throw new Error('not all were compiled');
    return [
      { name: 'compile', value: ms, unit: 'ms' },
      { name: 'memory kept', value: bytes / 1e6, unit: 'MB' },
      { name: 'memory kept, per permission', value: forPermissions / permissions, unit: 'bytes' },
      {
        name: 'memory kept, per resource',
        value: (bytes - forPermissions) / resources,
        unit: 'bytes',
      },
      { name: 'peak memory of the process, its input included', value: peak, unit: 'MB' },
    ];
  },

  /**
   * What the compilation does, done with a RegExp for each permission on each resource; on a part
   * of them, scaled up.
   */
  loop: async (permissions, resources, build) => {
    const { createAuthorizer } = await build.load('.');
    const store = plainStore(permissions, resources);
    const part = store.resources.slice(0, Math.max(1, Math.floor(20_000_000 / permissions / 4)));
    const start = performance.now();
    let found = 0;
    const compiled = store.permissions.map(({ types, namePatterns }) => ({
      types: new Set<string>(types),
      name: new RegExp(`^(?:${namePatterns[0]})$`, 'u'),
    }));
    for (const { type, name } of part) {
      for (const permission of compiled)
        if (permission.types.has(type) && permission.name.test(name)) found++;
    }
    if (found === 0) throw new Error('nothing was found');
    const ms = ((performance.now() - start) * resources) / part.length;
    const compileStart = performance.now();
    createAuthorizer(store);
    const compileMs = performance.now() - compileStart;
    return [
      {
        name: `looping RegExp over them (measured on ${part.length} resources)`,
        value: ms,
        unit: 'ms',
      },
      { name: 'in multiples of the compilation', value: ms / compileMs, unit: 'x' },
    ];
  },

  'first-seen names': async (permissions, resources, build) => {
    const { createAuthorizer } = await build.load('.');
    const store = plainStore(permissions, resources);
    const authorizer = createAuthorizer(store);
    const user = { username: 'user', roles: ['role-1', 'role-2', 'role-3'] };
    const random = createRandom(3);
    const ask = (name: string): boolean =>
      authorizer.can(user, 'READ_ONLINE', { type: 'FeatureView', name });
    // Names that look like those of the store and are not in it: the last digit of the version is a
    // new one.
    const similar = (): string => {
      const { name } = store.resources[Math.floor(random() * store.resources.length)] as {
        readonly name: string;
      };
      return name.replace(/_v\d+_/, `_v${10_000 + Math.floor(random() * 1e9)}_`);
    };
    for (let count = 0; count < 5000; count++) ask(similar());
    const samples: number[] = [];
    for (let count = 0; count < 20_000; count++) {
      const name = similar();
      const start = performance.now();
      ask(name);
      samples.push((performance.now() - start) * 1000);
    }
    const before = usedBytes();
    for (let count = 0; count < 1_000_000; count++)
      ask(`${count.toString(36)}_${random().toString(36).slice(2)}`);
    return [
      {
        name: 'first-seen name like the registered ones, median',
        value: median(samples),
        unit: 'µs',
      },
      {
        name: 'heap growth over 1,000,000 random names',
        value: (usedBytes() - before) / 1e6,
        unit: 'MB',
      },
    ];
  },

  questions: async (permissions, resources, build) => {
    const { createAuthorizer, prepareSnapshot } = await build.load('.');
    const store = generateStore({ permissions, resources });
    const options = { permissions: withoutGlobs(store.permissions), resources: store.resources };
    const authorizer = createAuthorizer(options);
    const [request] = store.requests;
    if (request === undefined) throw new Error('no request');
    const bound = authorizer.for(request.user);
    const some = store.resources.slice(0, 1000);
    const requests = store.requests.slice(0, 1000);
    const next = await prepareSnapshot(options);
    const can = perCall(200, () => {
      for (const { action, resource } of store.requests) bound.can(action, resource);
    });
    return [
      {
        name: 'filter over 1,000 resources',
        value: perCall(50, () => bound.filter('READ_ONLINE', some)) / 1000,
        unit: 'µs',
      },
      {
        name: 'decide, its reasons not read',
        value:
          perCall(5, () => {
            for (const { user, action, resource } of requests)
              authorizer.decide(user, action, resource);
          }) /
          requests.length /
          1000,
        unit: 'µs',
      },
      {
        name: 'decide, with reasons',
        value:
          perCall(5, () => {
            for (const { user, action, resource } of requests) {
              if (authorizer.decide(user, action, resource).explanation === '')
                throw new Error('a decision without reasons');
            }
          }) /
          requests.length /
          1000,
        unit: 'µs',
      },
      {
        name: 'for(subject)',
        value: perCall(10_000, () => authorizer.for(request.user)) / 1000,
        unit: 'µs',
      },
      {
        name: 'swap of a prepared snapshot',
        value: perCall(1000, () => authorizer.replace(next)) / 1000,
        unit: 'µs',
      },
      { name: 'can, bound subject', value: can / store.requests.length, unit: 'ns' },
      {
        name: 'bytes allocated by 10,000,000 calls of can, bound subject',
        value: allocatedBy(() => {
          for (const { action, resource } of store.requests) bound.can(action, resource);
        }, 10_000_000 / store.requests.length),
        unit: 'bytes',
      },
      {
        name: 'bytes allocated by 10,000,000 calls of can, plain subject',
        value: allocatedBy(() => {
          for (const { user, action, resource } of store.requests)
            authorizer.can(user, action, resource);
        }, 10_000_000 / store.requests.length),
        unit: 'bytes',
      },
    ];
  },

  registry: async (permissions, resources, build) => {
    const { prepareSnapshot } = await build.load('.');
    const { auditSnapshot } = await build.load('./audit');
    const { decodeRegistry } = await build.load('./registry');
    const bytes = encodeRegistry(
      generateStore({ permissions, resources, requests: 1, project: 'store' }),
    );
    const { permissions: read, resources: known } = decodeRegistry(bytes);
    const snapshot = await prepareSnapshot({ permissions: read, resources: known });
    const start = performance.now();
    const report = auditSnapshot(snapshot);
    return [
      {
        name: `audit of a registry (${report.findings.length} findings)`,
        value: performance.now() - start,
        unit: 'ms',
      },
    ];
  },

  adversaries: async (permissions, resources, build) =>
    compareAdversaries(await build.load('.'), ADVERSARIES, permissions, resources),

  'classes alone': async (permissions, resources, build) => {
    const adversaries = [...ADVERSARIES.slice(0, 1), CLASSES_ALONE];
    return compareAdversaries(await build.load('.'), adversaries, permissions, resources);
  },

  analysis: ANALYSIS_JOB,
  bounds: BOUNDS_JOB,
  changes: CHANGES_JOB,
  redaction: REDACTION_JOB,
};

/** The first of the adversaries is what the others are given in multiples of. */
function compareAdversaries(
  core: BuildModules['.'],
  adversaries: readonly Adversary[],
  permissions: number,
  resources: number,
): Cost[] {
  const costs: Cost[] = [];
  let mixed: readonly number[] | undefined;
  for (const { name, make } of adversaries) {
    const measured = measureAdversary(core, make(permissions, resources));
    mixed ??= measured;
    for (const [at, what] of ['compile', 'first-seen name, median'].entries()) {
      const value = measured[at] as number;
      costs.push({ name: `${name}: ${what}`, value, unit: at === 0 ? 'ms' : 'µs' });
      if (measured !== mixed) {
        costs.push({
          name: '  in multiples of the mixed case',
          value: value / (mixed[at] as number),
          unit: 'x',
        });
      }
    }
  }
  return costs;
}

function plainStore(permissions: number, resources: number) {
  const store = generateStore({ permissions, resources, requests: 1 });
  return { permissions: withoutGlobs(store.permissions), resources: store.resources };
}

function withoutGlobs(
  permissions: readonly GeneratedPermission[],
): Omit<GeneratedPermission, 'globs'>[] {
  return permissions.map(({ globs: _, ...permission }) => permission);
}

/** Milliseconds of the compilation, and microseconds of a name that is seen for the first time. */
function measureAdversary(
  { createAuthorizer }: BuildModules['.'],
  store: AdversarialStore,
): readonly [number, number] {
  const start = performance.now();
  const authorizer = createAuthorizer(store);
  const ms = performance.now() - start;
  const user = { username: 'user', roles: ['role-1'] };
  const samples: number[] = [];
  for (let count = 0; count < 600; count++) {
    const like = store.resources[(count * 7919) % store.resources.length] as {
      readonly name: string;
    };
    const asked = performance.now();
    authorizer.can(user, 'READ_ONLINE', { type: 'FeatureView', name: `${like.name}${count}` });
    samples.push((performance.now() - asked) * 1000);
  }
  return [ms, median(samples.slice(100))];
}

/** Nanoseconds of one call: the median of five rounds. */
function perCall(calls: number, call: () => unknown): number {
  const rounds: number[] = [];
  for (let round = 0; round < 6; round++) {
    const start = performance.now();
    for (let count = 0; count < calls; count++) call();
    rounds.push(((performance.now() - start) * 1e6) / calls);
  }
  return median(rounds.slice(1));
}

function usedBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/**
 * Growth of the heap over `rounds` of a job. The process runs with a young generation that is
 * larger than what ten million objects would take, so that nothing is collected in between.
 */
function allocatedBy(job: () => void, rounds: number): number {
  job();
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  for (let round = 0; round < rounds; round++) job();
  return process.memoryUsage().heapUsed - before;
}

function collectGarbage(): void {
  if (globalThis.gc === undefined) throw new Error('run with node --expose-gc');
  globalThis.gc();
}
