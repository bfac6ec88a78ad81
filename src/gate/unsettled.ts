import type { OpenedFeatureStore, RegistryContents } from '../registry/index.js';
import { type LiveRules, opensUncovered } from './live-rules.js';

/** Feast's own marks of a change count in whole seconds. */
const SETTLE_MS = 2000;

/** New projects of a registry, which may have been read before all that is applied with them. */
export interface Unsettled {
  readonly projects: readonly string[];
  readonly version: string;
  /** When this version was first read, by `performance.now()`. */
  readonly since: number;
}

/**
 * What has not settled of a version that was read. SECURITY: until then the absence of permissions
 * must open nothing in a new project: its permissions are applied after its objects.
 *
 * @param before the projects that were known, and those of them that had not settled
 * @param since when the read began
 */
export function findUnsettled(
  { registry }: Pick<OpenedFeatureStore, 'registry'>,
  rules: LiveRules,
  { projects, version }: Pick<RegistryContents, 'projects' | 'version'>,
  before: { readonly known: readonly string[]; readonly unsettled: Unsettled | undefined },
  since: number,
): Unsettled | undefined {
  if (registry.isAppliedInSteps !== true || !opensUncovered(rules)) return undefined;
  const { unsettled } = before;
  const known = new Set(before.known);
  for (const project of unsettled?.projects ?? []) known.delete(project);
  const fresh = projects.filter((project) => !known.has(project));
  if (fresh.length === 0) return undefined;
  if (unsettled?.version !== version) return { projects: fresh, version, since };
  return hasSettled(unsettled, since) ? undefined : unsettled;
}

/** Whether a look finds it as it was long enough ago. */
export function hasSettled(unsettled: Unsettled, now: number): boolean {
  return now - unsettled.since >= SETTLE_MS;
}
