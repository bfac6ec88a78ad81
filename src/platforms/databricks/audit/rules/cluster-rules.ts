import { getOrAdd } from '../../../../foundation/get-or-add.js';
import { listSome } from '../../../../foundation/names.js';
import { quote } from '../../../../model/index.js';
import { mayBeSame, type ServicePrincipalFact } from '../../acl/index.js';
import type { ServicesAuditFacts, ServicesRule } from '../services-rule.js';

/** Levels that leave everything as it is. */
const READING: ReadonlySet<string> = new Set([
  'CAN_READ',
  'CAN_VIEW',
  'CAN_QUERY',
  'CAN_USE',
  'READ',
]);
const READ_ONLY_NAME = /read[-_ ]?only/i;

/** What only reads can start machines. */
export const readerCreatesClusters: ServicesRule = {
  id: 'reader-creates-clusters',
  level: 'warning',
  title: 'A service principal that only reads, and may create clusters',
  advice:
    'Take `allow_cluster_create` away from it: on a cluster it runs code with all that the cluster can reach',
  *check(facts) {
    const levels = levelsByApplication(facts);
    const creators = creatorTest(facts);
    const reported = new Set<string>();
    for (const one of facts.servicePrincipals) {
      const { applicationId, displayName, id } = one;
      const creates = one.createsClusters || (id !== undefined && creators(id, one.workspace));
      if (!creates || !isReader(one, levels)) continue;
      const key = applicationId ?? id ?? displayName;
      if (reported.has(key)) continue;
      reported.add(key);
      // Several can have one display name.
      const number = key === displayName ? '' : ` (${quote(key)})`;
      yield {
        message: `service principal ${quote(displayName)}${number} only reads, and may create clusters`,
        object: key,
      };
    }
  },
};

/** What only reads has more than it needs for that. */
export const readerHasEntitlements: ServicesRule = {
  id: 'reader-has-entitlements',
  level: 'note',
  title: 'A service principal that only reads, and has entitlements for more',
  advice: 'Take the entitlements away that it does not use: they are for people at a workspace',
  *check(facts) {
    const levels = levelsByApplication(facts);
    const given = new Map<string, ServicePrincipalFact[]>();
    for (const one of facts.servicePrincipals) {
      if (one.id !== undefined) getOrAdd(given, one.id, () => []).push(one);
    }
    const reported = new Set<string>();
    for (const one of facts.servicePrincipals) {
      const { applicationId, displayName, id, workspace } = one;
      if (applicationId === undefined || !isReader(one, levels)) continue;
      const own = (id === undefined ? [one] : (given.get(id) ?? [])).flatMap((other) =>
        mayBeSame(other.workspace, workspace) ? (other.entitlements ?? []) : [],
      );
      // Clusters have a rule of their own.
      const more = [...new Set(own)].filter((name) => name !== 'allow-cluster-create');
      if (more.length === 0 || reported.has(applicationId)) continue;
      reported.add(applicationId);
      const who = `service principal ${quote(displayName)} (${quote(applicationId)})`;
      yield { message: `${who} only reads, and has the entitlements ${listSome(more.map(quote))}` };
    }
  },
};

function isReader(
  { displayName, applicationId }: ServicePrincipalFact,
  levels: ReadonlyMap<string, readonly string[]>,
): boolean {
  const held = levels.get(applicationId?.toLowerCase() ?? '') ?? [];
  if (held.some((level) => !READING.has(level))) return false;
  return held.length > 0 || READ_ONLY_NAME.test(displayName);
}

function levelsByApplication({
  entries,
}: ServicesAuditFacts): ReadonlyMap<string, readonly string[]> {
  const levels = new Map<string, string[]>();
  for (const { principal, level } of entries) {
    if (principal?.kind !== 'service-principal') continue;
    const key = principal.name.toLowerCase();
    const held = levels.get(key);
    if (held === undefined) levels.set(key, [level]);
    else held.push(level);
  }
  return levels;
}

/**
 * Whether a number is that of a member of a group that may create clusters, or of a service
 * principal that may by an entitlement of its own.
 */
function creatorTest({
  groups,
  members,
  servicePrincipals,
}: ServicesAuditFacts): (id: string, workspace: string | undefined) => boolean {
  const creating = new Map<string, (string | undefined)[]>();
  for (const { id, workspace, createsClusters } of groups) {
    if (createsClusters && id !== undefined) getOrAdd(creating, id, () => []).push(workspace);
  }
  const creators = new Map<string, (string | undefined)[]>();
  for (const { groupId, memberId, workspace } of members) {
    const own = creating.get(groupId)?.some((one) => mayBeSame(one, workspace));
    if (own === true) getOrAdd(creators, memberId, () => []).push(workspace);
  }
  for (const { id, workspace, createsClusters } of servicePrincipals) {
    if (createsClusters && id !== undefined) getOrAdd(creators, id, () => []).push(workspace);
  }
  return (id, workspace) => creators.get(id)?.some((one) => mayBeSame(one, workspace)) === true;
}
