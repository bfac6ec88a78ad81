import type { FeatureStoreConfig } from '../../src/config/index.js';
import type { LiveStore } from '../../src/gate/live-store.js';
import { type LiveOptions, startLiveStore } from '../../src/gate/open-live-store.js';
import type { Resource, Subject } from '../../src/model/index.js';
import type { ReloadEvent } from '../../src/node.js';
import { decodeRegistry, type RegistryContents } from '../../src/registry/index.js';
import { openFrom } from '../../src/registry/load-feature-store.js';
import { pollChanges } from '../../src/registry/poll-changes.js';
import type { RegistrySource, WatchOptions } from '../../src/registry/registry-source.js';
import { permissionInit, type RegistryInit, registryBytes } from '../registry/registry-bytes.js';

/** What a read of the source comes to: contents, an error, or no answer at all. */
export type Answer = RegistryContents | Error | 'hangs';

/** A source whose reads come to what a test says, and whose watch sees every change of that. */
export class FaultySource implements RegistrySource {
  #answer: Answer;
  #read: Answer | undefined;
  reads = 0;

  constructor(answer: Answer) {
    this.#answer = answer;
  }

  set(answer: Answer): void {
    this.#answer = answer;
  }

  describe(): string {
    return 'registry of the test';
  }

  async read(): Promise<RegistryContents> {
    this.reads += 1;
    const answer = this.#answer;
    if (answer === 'hangs') return new Promise(() => {});
    // As a source that was not reached, it is read again at each look.
    this.#read = answer instanceof Error ? undefined : answer;
    if (answer instanceof Error) throw answer;
    return answer;
  }

  watch(onChange: () => unknown, options: WatchOptions): void {
    const hasChanged = async (): Promise<boolean> =>
      this.#answer === 'hangs' ? new Promise(() => {}) : this.#read !== this.#answer;
    pollChanges(hasChanged, onChange, options);
  }
}

let versions = 0;

/** Contents of a registry with the views `v` and `free` in project `p`. */
export function registryOf(fields: RegistryInit = {}): RegistryContents {
  versions += 1;
  const views = ['v', 'free'].map((name) => ({ spec: { name, project: 'p' } }));
  return decodeRegistry(
    registryBytes({ versionId: `v${versions}`, featureViews: views, ...fields }),
  );
}

/** Lets one role describe views that are called `v`. */
export function onV(
  role: string,
  spec: Parameters<typeof permissionInit>[0] = {},
): ReturnType<typeof permissionInit> {
  const policy = { policyType: { case: 'roleBasedPolicy', value: { roles: [role] } } };
  return permissionInit({
    name: role,
    namePatterns: ['v'],
    actions: [1],
    policy,
    ...spec,
  } as never);
}

/** What a test asks in every phase: who, and on which view. */
const QUESTIONS: readonly (readonly [string, Subject | null, Resource<'FeatureView'>])[] = (
  [
    ['reader', { username: 'ann', roles: ['reader'] }],
    ['writer', { username: 'bob', roles: ['writer'] }],
    ['named', { username: 'noel' }],
    ['anonymous', null],
  ] as const
).flatMap(([who, subject]) =>
  ['v', 'free', 'unregistered'].map(
    (name) => [`${who} ${name}`, subject, { type: 'FeatureView', name, project: 'p' }] as const,
  ),
);

/** Everything that is allowed, or the code of the error that every question throws. */
export function inForce({ authorizer }: LiveStore): readonly string[] {
  const answers = QUESTIONS.map(([label, subject, resource]) => {
    try {
      return authorizer.can(subject, 'DESCRIBE', resource) ? label : undefined;
    } catch (error) {
      return (error as { readonly code?: string }).code ?? String(error);
    }
  });
  return [...new Set(answers)].filter((answer) => answer !== undefined);
}

export const SECOND = 1000;
/** Rules that open all that permissions do not cover. */
export const OPENING = { unsecured: 'allow', whenNoPermissions: 'allow-named' } as const;
/** What a reader has of {@link whole}. */
export const READER = ['reader v'];
/** What {@link OPENING} opens beside it: all but `v`, to everyone. */
export const UNCOVERED = ['reader', 'writer', 'named', 'anonymous'].flatMap((who) => [
  `${who} free`,
  `${who} unregistered`,
]);
export const STALE = ['ERR_SNAPSHOT_STALE'];

/** A registry with one permission, which lets a reader describe `v`. */
export function whole(): RegistryContents {
  return registryOf({ permissions: [onV('reader')] });
}

export function sort(labels: readonly string[]): readonly string[] {
  return [...labels].sort();
}

const CONFIG = { project: 'p', file: 'feature_store.yaml', auth: { type: 'oidc' }, warnings: [] };

/** A store that is watched every 5 seconds, and what it tells. */
export async function watchSource(
  source: FaultySource | RegistrySource,
  options: LiveOptions = {},
  config: unknown = CONFIG,
): Promise<{ readonly live: LiveStore; readonly events: ReloadEvent[] }> {
  const events: ReloadEvent[] = [];
  const opened = openFrom({
    config: (config ?? undefined) as FeatureStoreConfig,
    registry: source,
  });
  const live = await startLiveStore(
    async () => opened,
    { onReload: (event) => void events.push(event), ...options },
    { now: Date.now },
  );
  return { live, events };
}
