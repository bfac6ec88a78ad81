import { isPlainObject } from '../../../../model/index.js';
import type { Principal } from '../../vocabulary/index.js';
import { UNKNOWN_LEVEL, UNREADABLE_LEVEL } from '../services-facts.js';
import type { ResourceHandler } from './permission-resources.js';
import { blockAt, textAt } from './terraform-resource.js';

/**
 * Notes what an app may use: an app runs as a service principal of its own.
 *
 * @source provider, `databricks_app`: `resources`, `service_principal_client_id`
 */
export const appResource: ResourceHandler = ({ address, values, workspaceId }, { collector }) => {
  const applicationId = textAt(values, 'service_principal_client_id');
  const principal: Principal | undefined =
    applicationId === undefined ? undefined : { kind: 'service-principal', name: applicationId };
  const given: unknown = values['resources'];
  for (const one of Array.isArray(given) ? given : []) {
    if (!isPlainObject(one)) continue;
    const secret = blockAt(one, 'secret');
    const endpoint = blockAt(one, 'serving_endpoint');
    const name = (secret && textAt(secret, 'scope')) ?? (endpoint && textAt(endpoint, 'name'));
    const block = secret ?? endpoint;
    if (block === undefined) {
      const type = Object.keys(one).find((field) => blockAt(one, field) !== undefined);
      const other = textAt(one, 'name') ?? address;
      collector.facts.unmodelled.push({
        type: `${type ?? 'resource'} of app`,
        name: other,
        entries: 1,
      });
      continue;
    }
    const resource =
      secret === undefined
        ? collector.addResource('ServingEndpoint', name ?? address, {
            endpoint_name: name ?? address,
          })
        : collector.addResource('SecretScope', name ?? address);
    const level = textAt(block, 'permission') ?? UNREADABLE_LEVEL;
    const entry = { principal, level: principal === undefined ? UNKNOWN_LEVEL : level };
    collector.addList(resource, [entry], { duplicates: 'all', workspace: workspaceId });
  }
};
