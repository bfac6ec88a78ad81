import type { SnapshotOptions } from '../../../engine/index.js';
import { readSecretPrefix } from '../../online-store/index.js';
import {
  ADMINS_GROUP,
  type DatabricksResource,
  type DatabricksVocabulary,
  databricksVocabulary,
  type Principal,
  principalKey,
  principalsPolicyKind,
  sharedPermission,
} from '../vocabulary/index.js';
import type { CollectedServices, DatabricksPermission } from './services-collector.js';
import { mergeFacts, type ServicesFacts } from './services-facts.js';

/**
 * What an authorizer needs to decide on a workspace: the permissions and objects of several files.
 *
 * What cannot be understood is left out and refuses, and a workspace without known permissions is
 * closed. A caller who may read the secrets that an online store is written or read with may
 * PUBLISH to it or LOOKUP in it.
 *
 * @example
 * const authorizer = createAuthorizer(servicesSnapshotOptions([state, endpoint]));
 * const subject = workspaceSubject({ applicationId });
 * authorizer.can(subject, 'CAN_QUERY', { type: 'ServingEndpoint', name: id });
 */
export function servicesSnapshotOptions(
  files: readonly CollectedServices[],
): SnapshotOptions<DatabricksVocabulary> {
  return {
    vocabulary: databricksVocabulary,
    policyKinds: [principalsPolicyKind],
    permissions: [...files.flatMap(({ permissions }) => permissions), ...storePermissions(files)],
    resources: mergeResources(files),
    unsecured: 'deny',
    whenNoPermissions: 'deny',
    onUnsupportedPattern: 'exclude',
  };
}

/** The objects of several files, each once, with what all of them say of it. */
function mergeResources(files: readonly CollectedServices[]): readonly DatabricksResource[] {
  const byKey = new Map<string, DatabricksResource>();
  for (const resource of files.flatMap(({ resources }) => resources)) {
    const key = JSON.stringify([resource.project ?? null, resource.type, resource.name]);
    const known = byKey.get(key);
    byKey.set(
      key,
      known === undefined ? resource : { ...resource, tags: { ...known.tags, ...resource.tags } },
    );
  }
  return [...byKey.values()];
}

/**
 * Who may use online stores, by the secrets that they are used with: one permission for all stores
 * of a scope.
 */
function storePermissions(files: readonly CollectedServices[]): readonly DatabricksPermission[] {
  const projects = new Set(files.flatMap(({ resources }) => resources.map((one) => one.project)));
  return [...projects].flatMap((project) => {
    const own = files.filter(({ resources }) => resources.some((one) => one.project === project));
    const facts = mergeFacts(own.map((file) => file.facts));
    const readers = readersByScope(facts);
    const admins: Principal = { kind: 'group', name: ADMINS_GROUP };
    return USES.flatMap(({ action, prefix }) =>
      Array.from(storesByScope(facts, prefix), ([scope, names]) =>
        sharedPermission({
          name: `${action} with the secrets of ${scope}`,
          project,
          type: 'OnlineStore',
          names,
          level: action,
          principals: [...(readers.get(scope)?.values() ?? []), admins],
          tags: { secret_scope: scope },
        }),
      ),
    );
  });
}

const USES = [
  { action: 'PUBLISH', prefix: 'writeSecretPrefix' },
  { action: 'LOOKUP', prefix: 'readSecretPrefix' },
] as const;

function storesByScope(
  { onlineStores }: ServicesFacts,
  field: 'writeSecretPrefix' | 'readSecretPrefix',
): ReadonlyMap<string, readonly string[]> {
  const byScope = new Map<string, string[]>();
  for (const store of onlineStores) {
    const scope = readSecretPrefix(store[field] ?? '')?.scope;
    if (scope === undefined) continue;
    const known = byScope.get(scope);
    if (known === undefined) byScope.set(scope, [store.name]);
    else known.push(store.name);
  }
  return byScope;
}

/** Who may read a scope, each once. */
function readersByScope({
  entries,
}: ServicesFacts): ReadonlyMap<string, ReadonlyMap<string, Principal>> {
  const byScope = new Map<string, Map<string, Principal>>();
  for (const { resource, principal, actions } of entries) {
    if (resource.type !== 'SecretScope' || principal === undefined) continue;
    if (actions?.includes('READ') !== true) continue;
    const known = byScope.get(resource.name) ?? new Map<string, Principal>();
    byScope.set(resource.name, known.set(principalKey(principal), principal));
  }
  return byScope;
}
