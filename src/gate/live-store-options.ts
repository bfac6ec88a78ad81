import type { Shadow } from '../engine/shadow.js';
import type { Decision } from '../model/index.js';
import type { OpenedFeatureStore } from '../registry/index.js';
import type { SnapshotRules } from './live-rules.js';
import type { ReloadEvent } from './reload-event.js';

/** What a live store is made of. */
export interface LiveStoreOptions {
  readonly open: () => Promise<OpenedFeatureStore>;
  readonly rules: SnapshotRules;
  /** `0`: the registry is not watched. */
  readonly pollSeconds: number;
  /** Undefined: what is in force stays so, however old. */
  readonly maxStaleSeconds: number | undefined;
  readonly acceptEmpty: boolean;
  readonly settleSeconds: number;
  readonly maxSettleSeconds: number;
  readonly onReload: ((event: ReloadEvent) => unknown) | undefined;
  readonly now: () => number;
  readonly onDecision?: ((decision: Decision) => void) | undefined;
  readonly shadow?: Shadow | undefined;
  /** Whether requests are resolved by what refers to what, which is read beforehand then. */
  readonly usesRelations?: boolean | undefined;
}
