import type { Environment, FeatureStoreConfig } from '../config/index.js';
import { prepareSnapshot } from '../engine/index.js';
import type { Shadow } from '../engine/shadow.js';
import type { OptionNames } from '../foundation/options.js';
import {
  assertPython,
  ConfigInvalidError,
  type Decision,
  type PythonVersion,
} from '../model/index.js';
import { prepareRelations } from '../registry/create-relations.js';
import { type OpenedFeatureStore, openFeatureStore, type RegistryKind } from '../registry/index.js';
import { digestContents } from './content-digest.js';
import { wholeProjects } from './former-permissions.js';
import { type LiveRules, mustSettleFirst, snapshotOptionsOf } from './live-rules.js';
import { LiveStore } from './live-store.js';
import type { ReloadEvent } from './reload-event.js';

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
   * Seconds that the last registry that was read stays in force without a look that finds it
   * current, at most 604,800: it cannot be read, no longer holds the project, or does not answer.
   * Afterwards every question throws a `SnapshotStaleError`, until it is read again. At least twice
   * `pollSeconds`. Default: `900`, and unlimited with `pollSeconds: 0`.
   */
  readonly maxStaleSeconds?: number | undefined;
  /**
   * Whether `rules` act at once on what the loss of permissions leaves without them. Default:
   * `false`, it stays closed until `acceptEmpty` of the gate or authorizer confirms the loss.
   */
  readonly acceptEmpty?: boolean | undefined;
  /**
   * Seconds over which readings of a changed registry must agree before it grants anything new, at
   * most 3600. Only of registries that Feast applies object by object: SQL and remote ones. What a
   * change takes away is in force at once. Default: `1`.
   */
  readonly settleSeconds?: number | undefined;
  /**
   * Seconds after which a changed registry is in force though readings of it keep differing, at
   * least `settleSeconds`. Default: `30`, and `settleSeconds` if that is more.
   */
  readonly maxSettleSeconds?: number | undefined;
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
  maxStaleSeconds: true,
  acceptEmpty: true,
  settleSeconds: true,
  maxSettleSeconds: true,
  onReload: true,
  signal: true,
};

const DEFAULT_POLL_SECONDS = 5;
const MAX_POLL_SECONDS = 86_400;
const DEFAULT_MAX_STALE_SECONDS = 900;
/** A week. */
const MAX_STALE_SECONDS = 604_800;
const DEFAULT_SETTLE_SECONDS = 1;
const DEFAULT_MAX_SETTLE_SECONDS = 30;
const MAX_SETTLE_SECONDS = 3600;

/** @throws TypeError if an option is invalid */
export function assertLiveOptions({
  python,
  allowNoAuth,
  pollSeconds = DEFAULT_POLL_SECONDS,
  maxStaleSeconds,
  acceptEmpty,
  settleSeconds = DEFAULT_SETTLE_SECONDS,
  maxSettleSeconds = defaultMaxSettleSeconds(settleSeconds),
  onReload,
}: LiveOptions): void {
  assertPython(python);
  for (const [name, value] of Object.entries({ allowNoAuth, acceptEmpty })) {
    if (value !== undefined && typeof value !== 'boolean') {
      throw new TypeError(`option ${name} must be true or false`);
    }
  }
  assertSeconds('pollSeconds', pollSeconds, MAX_POLL_SECONDS);
  if (maxStaleSeconds !== undefined) {
    assertSeconds('maxStaleSeconds', maxStaleSeconds, MAX_STALE_SECONDS);
    if (maxStaleSeconds === 0 || maxStaleSeconds < 2 * pollSeconds) {
      throw new TypeError('option maxStaleSeconds must be above 0, and at least twice pollSeconds');
    }
  }
  assertSeconds('settleSeconds', settleSeconds, MAX_SETTLE_SECONDS);
  assertSeconds('maxSettleSeconds', maxSettleSeconds, MAX_SETTLE_SECONDS);
  if (maxSettleSeconds < settleSeconds) {
    throw new TypeError('option maxSettleSeconds must be at least settleSeconds');
  }
  if (onReload !== undefined && typeof onReload !== 'function') {
    throw new TypeError('option onReload must be a function');
  }
}

function assertSeconds(name: string, value: unknown, max: number): void {
  if (typeof value === 'number' && value >= 0 && value <= max) return;
  throw new TypeError(`option ${name} must be a number from 0 to ${max}`);
}

/** What a live store needs besides the options of its user. */
export interface LiveNeeds {
  readonly now: () => number;
  readonly onDecision?: ((decision: Decision) => void) | undefined;
  readonly shadow?: Shadow | undefined;
  readonly usesRelations?: boolean | undefined;
}

/** Reads a feature repository for the first time, and watches it from then on. */
export function openLiveStore(
  path: string | undefined,
  options: LiveOptions,
  needs: LiveNeeds,
): Promise<LiveStore> {
  const { env, registryKinds, python } = options;
  const open = () => openFeatureStore(path, { env, registryKinds, python });
  return startLiveStore(open, options, needs);
}

/** The same for a repository that is opened in any way. */
export async function startLiveStore(
  open: () => Promise<OpenedFeatureStore>,
  options: LiveOptions,
  needs: LiveNeeds,
): Promise<LiveStore> {
  const { pollSeconds = DEFAULT_POLL_SECONDS, acceptEmpty = false, onReload, signal } = options;
  const { settleSeconds = DEFAULT_SETTLE_SECONDS } = options;
  const { maxSettleSeconds = defaultMaxSettleSeconds(settleSeconds) } = options;
  const stale = pollSeconds === 0 ? undefined : defaultMaxStaleSeconds(pollSeconds);
  const { maxStaleSeconds = stale } = options;
  const opened = await open();
  if (options.allowNoAuth !== true) assertEnforced(opened.config);
  const rules = { ...options.rules, python: options.python };
  const [began, now] = [performance.now(), needs.now()];
  const store = await opened.read({ signal });
  const ended = performance.now();
  const { contents } = store;
  const closed = mustSettleFirst(opened, rules) ? wholeProjects(contents.projects) : [];
  const snapshot = await prepareSnapshot(snapshotOptionsOf(store, rules, closed), { signal });
  if (needs.usesRelations) await prepareRelations(contents.relations);
  const digest = await digestContents(contents);
  signal?.throwIfAborted();
  const time = opened.registry.readTime?.() ?? now;
  const settle = { settleSeconds, maxSettleSeconds };
  return new LiveStore(
    { open, rules, pollSeconds, maxStaleSeconds, acceptEmpty, onReload, ...settle, ...needs },
    opened,
    { store, snapshot, began, ended, time },
    digest,
  );
}

function defaultMaxSettleSeconds(settleSeconds: number): number {
  return Math.max(DEFAULT_MAX_SETTLE_SECONDS, settleSeconds);
}

function defaultMaxStaleSeconds(pollSeconds: number): number {
  return Math.max(DEFAULT_MAX_STALE_SECONDS, 2 * pollSeconds);
}

// SECURITY: a section that was forgotten or misspelt reads as `no_auth`.
function assertEnforced(config: FeatureStoreConfig | undefined): void {
  if (config?.auth.type !== 'no_auth') return;
  throw new ConfigInvalidError(
    '`auth` is missing or `no_auth`, so every request would be let through. Configure `auth`, or pass `allowNoAuth: true`',
    { file: config.file },
  );
}
