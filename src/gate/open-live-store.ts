import type { Environment, FeatureStoreConfig } from '../config/index.js';
import { prepareSnapshot } from '../engine/index.js';
import type { OptionNames } from '../foundation/options.js';
import {
  assertPython,
  ConfigInvalidError,
  type Decision,
  type PythonVersion,
} from '../model/index.js';
import { prepareRelations } from '../registry/create-relations.js';
import { openFeatureStore, type RegistryKind } from '../registry/index.js';
import { type LiveRules, LiveStore, type ReloadEvent, snapshotOptionsOf } from './live-store.js';

/** How a feature repository is read and kept up to date. */
export interface LiveOptions {
  /** Variables for `$NAME` and `${NAME}` in the configuration. Default: those of the process. */
  readonly env?: Environment | undefined;
  /**
   * Kinds of registry of your own, which go before those of this package: one can take the place of
   * another. Default: none.
   */
  readonly registryKinds?: readonly RegistryKind[] | undefined;
  /** Decides where permissions say nothing. Default: `whenNoPermissions: 'deny'`. */
  readonly rules?: LiveRules | undefined;
  /**
   * The version of Python that runs Feast, which name patterns are read as. Default: `3.12`, on
   * which Feast's images are built.
   */
  readonly python?: PythonVersion | undefined;
  /**
   * Whether a configuration without authentication is accepted. Default: `false`, it is an error.
   */
  readonly allowNoAuth?: boolean | undefined;
  /**
   * Seconds between two looks at the registry, at most 86,400. A changed registry is in force at
   * the next look. Default: `5`. `0`: only `reload` reads it again.
   */
  readonly pollSeconds?: number | undefined;
  /**
   * Called after each change of the registry that was put in force, and each one that failed. What
   * it throws or rejects with changes nothing. Default: failures are process warnings, once each.
   */
  readonly onReload?: ((event: ReloadEvent) => unknown) | undefined;
  /** Aborts the first read; the promise is rejected with the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
}

export const LIVE_OPTIONS: OptionNames<LiveOptions> = {
  env: true,
  registryKinds: true,
  rules: {
    strategy: true,
    unsecured: true,
    whenNoPermissions: true,
    onUnsupportedPattern: true,
    policyKinds: true,
  },
  python: true,
  allowNoAuth: true,
  pollSeconds: true,
  onReload: true,
  signal: true,
};

const DEFAULT_POLL_SECONDS = 5;
const MAX_POLL_SECONDS = 86_400;

/** @throws TypeError if an option is invalid */
export function assertLiveOptions({
  python,
  allowNoAuth,
  pollSeconds,
  onReload,
}: LiveOptions): void {
  assertPython(python);
  if (allowNoAuth !== undefined && typeof allowNoAuth !== 'boolean') {
    throw new TypeError('option allowNoAuth must be true or false');
  }
  const isPeriod =
    typeof pollSeconds === 'number' && pollSeconds >= 0 && pollSeconds <= MAX_POLL_SECONDS;
  if (pollSeconds !== undefined && !isPeriod) {
    throw new TypeError(`option pollSeconds must be a number from 0 to ${MAX_POLL_SECONDS}`);
  }
  if (onReload !== undefined && typeof onReload !== 'function') {
    throw new TypeError('option onReload must be a function');
  }
}

/** Reads a feature repository for the first time, and watches it from then on. */
export async function openLiveStore(
  path: string | undefined,
  {
    env,
    registryKinds,
    rules,
    python,
    allowNoAuth,
    pollSeconds = DEFAULT_POLL_SECONDS,
    onReload,
    signal,
  }: LiveOptions,
  more: {
    readonly now: () => number;
    readonly onDecision?: ((decision: Decision) => void) | undefined;
    readonly usesRelations?: boolean | undefined;
  },
): Promise<LiveStore> {
  const open = () => openFeatureStore(path, { env, registryKinds });
  const opened = await open();
  if (allowNoAuth !== true) assertEnforced(opened.config);
  const store = await opened.read({ signal });
  const snapshot = await prepareSnapshot(snapshotOptionsOf(store, { ...rules, python }), {
    signal,
  });
  if (more.usesRelations) await prepareRelations(store.contents.relations);
  signal?.throwIfAborted();
  return new LiveStore(
    { open, rules: { ...rules, python }, pollSeconds, onReload, ...more },
    opened,
    store,
    snapshot,
  );
}

// SECURITY: a section that was forgotten or misspelt reads as `no_auth`.
function assertEnforced(config: FeatureStoreConfig | undefined): void {
  if (config?.auth.type !== 'no_auth') return;
  throw new ConfigInvalidError(
    '`auth` is missing or `no_auth`, so every request would be let through. Configure `auth`, or pass `allowNoAuth: true`',
    { file: config.file },
  );
}
