import { eachItem } from '../../../audit/each-item.js';
import type { Finding, FindingRule, ResourceReference } from '../../../audit/index.js';
import type { AccessEntry, ServicesFacts } from '../acl/index.js';
import { type DatabricksResource, formatPrincipal } from '../vocabulary/index.js';

/** A finding without what all findings of its rule have in common. */
export type ServicesFinding = Omit<Finding, 'rule' | 'level'>;

/** What the rules look at: the facts of all files together, with what follows from them. */
export interface ServicesAuditFacts extends ServicesFacts {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The name of a serving endpoint by its id, where a file says it. */
  readonly endpointNames: ReadonlyMap<string, string>;
  /** The application id of a service principal by its number in the workspace. */
  readonly applicationIds: ReadonlyMap<string, string>;
}

/** Something that an audit of services looks for. */
export interface ServicesRule extends Omit<FindingRule, 'check'> {
  /** Yields what the rule finds, one detail for each finding. */
  check(facts: ServicesAuditFacts): Iterable<ServicesFinding>;
}

/** The object of a finding. */
export function referTo({ type, name, project }: DatabricksResource): ResourceReference {
  return { project: project ?? null, type, name };
}

/** Finds every entry of an access list that `describe` has something to say about. */
export function eachEntry(
  describe: (entry: AccessEntry, facts: ServicesAuditFacts) => string | undefined,
): ServicesRule['check'] {
  return eachItem(
    ({ entries }) => entries,
    describe,
    (_, { resource, principal }, message) => ({
      message,
      resource: referTo(resource),
      ...(principal === undefined ? {} : { object: formatPrincipal(principal) }),
    }),
  );
}
