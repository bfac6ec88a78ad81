import {
  type AuditReport,
  auditSnapshot,
  FINDING_LEVELS,
  type Finding,
} from '../../../audit/index.js';
import { createAuthorizer } from '../../../engine/index.js';
import { getOrAdd } from '../../../foundation/get-or-add.js';
import { checkOptions } from '../../../foundation/options.js';
import { auditOnlineStores } from '../../online-store/index.js';
import { mergeFacts, type ServicesFile, servicesSnapshotOptions } from '../acl/index.js';
import { type DatabricksType, LEVELS } from '../vocabulary/index.js';
import { checkStorePolicies, type PolicyCheck } from './check-store-policies.js';
import { linkManagedPolicies } from './link-managed-policies.js';
import type { ServicesAuditFacts } from './services-rule.js';
import { SERVICES_RULES } from './services-rules.js';

/** The time of an audit of services, and what its policies are compared with. */
export interface AuditServicesOptions {
  /**
   * Milliseconds since 1970, for the age of tokens and the end of policies of AWS. Default: now.
   */
  readonly now?: number | undefined;
  /**
   * What the policies of AWS among the files are for, all of them together, as those of one role.
   * Default: each one with an instance profile beside it is held against the online stores that
   * name that profile.
   */
  readonly policyCheck?: PolicyCheck | undefined;
}

/** What an audit of services found: the report of an audit, and the files that were read. */
export interface ServicesReport extends AuditReport {
  readonly files: readonly { readonly name: string; readonly kind: string }[];
}

/**
 * Audits how services use a workspace: its access control lists, secrets, tokens and credentials.
 *
 * Shape: the coverage of the objects is that of {@link auditSnapshot}, with the actions that a type
 * has; the findings are those of {@link SERVICES_RULES}, of {@link auditOnlineStores} for the
 * stores of each workspace, of `checkDynamoDbPolicy` and of files with rules of their own. Holds no
 * secret.
 *
 * @throws TypeError if an option is unknown, and if `policyCheck` is invalid or names a principal
 *   that the files do not have
 * @example
 * auditServices([readServicesFile(JSON.parse(text), { name: 'state.json' })]).findings;
 */
export function auditServices(
  files: readonly ServicesFile[],
  options: AuditServicesOptions = {},
): ServicesReport {
  checkOptions<AuditServicesOptions>(options, {
    now: true,
    policyCheck: { need: true, table: true, indexes: true, principal: true },
  });
  const { snapshot } = createAuthorizer(servicesSnapshotOptions(files));
  const report = auditSnapshot(snapshot);
  const uncoveredActions = report.uncoveredActions.flatMap((one) => {
    const { levels } = LEVELS[one.type as DatabricksType];
    const actions = one.actions.filter((action) => levels.some((level) => level === action));
    return actions.length === 0 ? [] : [{ ...one, actions }];
  });
  const facts = collectFacts(files, options.now ?? Date.now());
  const findings = findAll(facts, checkStorePolicies(facts, options.policyCheck, facts.now));
  return {
    ...report,
    summary: {
      ...report.summary,
      partiallySecured: uncoveredActions.length - report.unsecured.length,
      findings: findings.length,
    },
    uncoveredActions,
    findings,
    files: files.map(({ name, kind }) => ({ name, kind })),
  };
}

function collectFacts(files: readonly ServicesFile[], now: number): ServicesAuditFacts {
  const facts = linkManagedPolicies(mergeFacts(files.map((file) => file.facts)));
  const endpointNames = new Map<string, string>();
  for (const { type, name, tags } of files.flatMap(({ resources }) => resources)) {
    const shown = tags?.['endpoint_name'];
    if (type === 'ServingEndpoint' && shown !== undefined) endpointNames.set(name, shown);
  }
  const byNumber = new Map<string, Set<string>>();
  for (const { id, applicationId } of facts.servicePrincipals) {
    if (id === undefined || applicationId === undefined) continue;
    getOrAdd(byNumber, id, () => new Set()).add(applicationId);
  }
  const applicationIds = new Map<string, string>();
  for (const [number, [only = '', ...others]] of byNumber) {
    // Several workspaces give one number to different service principals.
    if (others.length === 0) applicationIds.set(number, only);
  }
  return { ...facts, now, endpointNames, applicationIds };
}

/** The worst first, each finding once: several files can say the same. */
function findAll(facts: ServicesAuditFacts, more: readonly Finding[]): readonly Finding[] {
  const own = SERVICES_RULES.flatMap(({ id, level, check }) =>
    Array.from(check(facts), (detail) => ({ rule: id, level, ...detail })),
  );
  const workspaces = new Set(facts.onlineStores.map(({ project }) => project));
  const stores = [...workspaces].flatMap((workspace) =>
    auditOnlineStores(facts.onlineStores.filter(({ project }) => project === workspace)),
  );
  const all = new Map(
    [...own, ...stores, ...more].map((finding) => [JSON.stringify(finding), finding]),
  );
  const levelOf = ({ level }: Finding): number => FINDING_LEVELS.indexOf(level);
  return [...all.values()].sort((a, b) => levelOf(a) - levelOf(b));
}
