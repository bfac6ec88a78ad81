import { isPlainObject } from '../../../../model/index.js';
import type { ResourceHandler } from './permission-resources.js';
import { textAt } from './terraform-resource.js';

/** What runs with an instance profile, by the type of the resource. */
export const PROFILE_USERS: ReadonlyMap<string, string> = new Map([
  ['databricks_cluster', 'cluster'],
  ['databricks_job', 'job'],
  ['databricks_pipeline', 'pipeline'],
  ['databricks_instance_pool', 'instance pool'],
  ['databricks_sql_endpoint', 'SQL warehouse'],
  ['databricks_sql_global_config', 'all SQL warehouses by'],
  ['databricks_mount', 'mount'],
  ['databricks_aws_s3_mount', 'mount'],
]);

/**
 * Clusters, jobs and whatever else runs code publishes features with the instance profiles that are
 * attached to it, at any depth: to the cluster of a task, for example.
 */
export const profileResource: ResourceHandler = ({ address, type, values }, { collector }) => {
  const kind = PROFILE_USERS.get(type) ?? type;
  for (const arn of profilesIn(values)) {
    collector.facts.instanceProfiles.push({ arn, use: 'publish', by: `${kind} ${address}` });
  }
};

/** The instance profiles that stand in a value, each once. */
export function profilesIn(root: unknown): ReadonlySet<string> {
  const found = new Set<string>();
  const open: unknown[] = [root];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (Array.isArray(next)) {
      for (const item of next) if (item !== null) open.push(item);
    } else if (isPlainObject(next)) {
      const arn = textAt(next, 'instance_profile_arn') ?? textAt(next, 'instance_profile');
      if (arn !== undefined) found.add(arn);
      for (const member of Object.values(next)) {
        if (typeof member === 'object' && member !== null) open.push(member);
      }
    }
  }
  return found;
}
