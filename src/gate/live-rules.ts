import type { SnapshotOptions } from '../engine/index.js';
import type { FeatureStore, OpenedFeatureStore } from '../registry/index.js';

/** What is decided where permissions say nothing. */
export type LiveRules = Pick<
  SnapshotOptions,
  'strategy' | 'unsecured' | 'whenNoPermissions' | 'onUnsupportedPattern' | 'policyKinds'
>;

/** All that makes a snapshot of a registry, beside the registry. */
export type SnapshotRules = LiveRules & Pick<SnapshotOptions, 'python'>;

/** Whether the absence of permissions may open something. */
export function opensUncovered({
  unsecured,
  whenNoPermissions,
}: Pick<LiveRules, 'unsecured' | 'whenNoPermissions'>): boolean {
  return unsecured === 'allow' || whenNoPermissions === 'allow-named';
}

/**
 * @param closed permissions that are gone. SECURITY: that is a revocation, which `rules` for what
 *   no permission says must not turn into a grant
 */
export function snapshotOptionsOf(
  { snapshotOptions }: FeatureStore,
  rules: SnapshotRules,
  closed: SnapshotOptions['formerPermissions'] = [],
): SnapshotOptions {
  return {
    ...snapshotOptions,
    ...rules,
    whenNoPermissions: rules.whenNoPermissions ?? 'deny',
    formerPermissions: closed,
  };
}

/**
 * Whether the first reading has to settle. SECURITY: until two readings agree, the absence of
 * permissions must open nothing: Feast applies permissions after the objects that they are about.
 */
export function mustSettleFirst(
  { registry }: Pick<OpenedFeatureStore, 'registry'>,
  rules: SnapshotRules,
): boolean {
  return registry.isAppliedInSteps === true && opensUncovered(rules);
}
