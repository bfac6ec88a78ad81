import { create, fromBinary } from '@bufbuild/protobuf';
import {
  ALL_ACTIONS,
  type ExcludedPermission,
  type FeastType,
  isExcludedPermission,
  type Permission,
  PermissionInvalidError,
  type PolicyInput,
  parseForeignPermission,
  quote,
} from '../../model/index.js';
import { permissionContext } from '../../policy/index.js';
import {
  PermissionSchema,
  type PermissionSpec,
  PermissionSpecSchema,
  type Policy,
  PolicySchema,
} from '../gen/registry_pb.js';

/**
 * By number of the wire enumeration of types. That of the actions is the order of `ALL_ACTIONS`.
 */
const TYPES: readonly FeastType[] = [
  'FeatureView',
  'OnDemandFeatureView',
  'BatchFeatureView',
  'StreamFeatureView',
  'Entity',
  'FeatureService',
  'DataSource',
  'ValidationReference',
  'SavedDataset',
  'Permission',
  'Project',
  'LabelView',
];

/**
 * Reads one permission of the registry.
 *
 * Shape: `bytes` is the message, which the caller found to have a name and a project. What is not
 * known in it (a number of a type or action, a kind of policy, any field) excludes it: it may be
 * what narrows the permission. So does a missing policy. An empty one is Feast's allow-all.
 *
 * @source Feast 0.66.0, how permissions and policies are written. Differs: Feast refuses its own
 *   allow-all.
 */
export function readPermission(bytes: Uint8Array): Permission | ExcludedPermission {
  const permission = fromBinary(PermissionSchema, bytes);
  const spec = permission.spec ?? create(PermissionSpecSchema);
  const unknown = permission.$unknown?.[0] ?? spec.$unknown?.[0];
  if (unknown !== undefined) return exclude(spec, `field ${unknown.no}`, 'is unknown');
  const read = parse(spec, spec.policy ?? create(PolicySchema));
  if (spec.policy !== undefined) return read;
  const problem = problemOf(spec, 'policy', 'is missing');
  if (isExcludedPermission(read)) {
    return Object.freeze({ ...read, excluded: Object.freeze([problem, ...read.excluded]) });
  }
  const { name, project, types, namePatterns, requiredTags } = read;
  const excluded = Object.freeze([problem]);
  return Object.freeze({ name, project, types, namePatterns, requiredTags, excluded });
}

function parse(spec: PermissionSpec, policy: Policy): Permission | ExcludedPermission {
  return parseForeignPermission(
    {
      name: spec.name,
      project: spec.project,
      types: spec.types.map((number) => TYPES[number] ?? String(number)),
      namePatterns: spec.namePatterns,
      requiredTags: spec.requiredTags,
      actions: spec.actions.map((number) => ALL_ACTIONS[number] ?? String(number)),
      policy: policyData(policy),
      tags: spec.tags,
    } as Parameters<typeof parseForeignPermission>[0],
    permissionContext(),
  ) as Permission | ExcludedPermission;
}

/** A policy that is not wholly understood gets a type that no kind has. */
function policyData({ name, project, policyType, $unknown }: Policy): PolicyInput {
  const unknown = $unknown?.[0] ?? policyType.value?.$unknown?.[0];
  if (unknown !== undefined) return { type: `${policyType.case ?? 'policy'}, field ${unknown.no}` };
  switch (policyType.case) {
    case undefined:
      // SECURITY: only what holds nothing at all is for everyone.
      return { type: name === '' && project === '' ? 'AllowAll' : 'named policy without a kind' };
    case 'roleBasedPolicy':
      return { type: 'RoleBasedPolicy', roles: policyType.value.roles };
    case 'groupBasedPolicy':
      return { type: 'GroupBasedPolicy', groups: policyType.value.groups };
    case 'namespaceBasedPolicy':
      return { type: 'NamespaceBasedPolicy', namespaces: policyType.value.namespaces };
    case 'combinedGroupNamespacePolicy': {
      const { groups, namespaces } = policyType.value;
      return { type: 'CombinedGroupNamespacePolicy', groups, namespaces };
    }
  }
}

/** Nothing that a permission says counts as understood. */
function exclude(spec: PermissionSpec, field: string, problem: string): ExcludedPermission {
  const { name, project } = spec;
  const excluded = Object.freeze([problemOf(spec, field, problem)]);
  return Object.freeze({ name, project, namePatterns: undefined, excluded });
}

function problemOf(
  { name }: PermissionSpec,
  field: string,
  problem: string,
): PermissionInvalidError {
  return new PermissionInvalidError(`permission ${quote(name)} ${field}: ${problem}`, {
    field,
    permission: name,
  });
}
