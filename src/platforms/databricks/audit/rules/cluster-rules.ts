import { quote } from '../../../../model/index.js';
import type { ServicePrincipalFact } from '../../acl/index.js';
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
    const creators = creatingIds(facts);
    const reported = new Set<string>();
    for (const one of facts.servicePrincipals) {
      const { applicationId, displayName, id } = one;
      const creates = one.createsClusters || (id !== undefined && creators.has(id));
      if (!creates || !isReader(one, levels)) continue;
      const key = applicationId ?? id ?? displayName;
      if (reported.has(key)) continue;
      reported.add(key);
      // Several can have one display name.
      const number = key === displayName ? '' : ` (${quote(key)})`;
      yield {
        message: `service principal ${quote(displayName)}${number} only reads, and may create clusters`,
      };
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
 * The numbers of the members of groups that may create clusters, and of those who may by an
 * entitlement of their own.
 */
function creatingIds({
  groups,
  members,
  servicePrincipals,
}: ServicesAuditFacts): ReadonlySet<string> {
  const groupIds = new Set(
    groups.flatMap(({ id, createsClusters }) => (createsClusters && id !== undefined ? [id] : [])),
  );
  return new Set([
    ...members.filter(({ groupId }) => groupIds.has(groupId)).map(({ memberId }) => memberId),
    ...servicePrincipals.flatMap(({ id, createsClusters }) =>
      createsClusters && id !== undefined ? [id] : [],
    ),
  ]);
}
