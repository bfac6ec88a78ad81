import {
  createAuthorizer,
  type FeastType,
  type PermissionInput,
  roles,
  type Snapshot,
  type SnapshotOptions,
} from '../../../src/index.js';

/** A permission on views, for one role unless something else is given. */
export function permission(
  name: string,
  more: Partial<PermissionInput> & { readonly role?: string } = {},
): PermissionInput {
  const { role = 'reader', ...rest } = more;
  return { name, types: 'FeatureView', actions: 'READ_ONLINE', policy: roles(role), ...rest };
}

export function view(
  name: string,
  tags: Readonly<Record<string, string>> = {},
): { readonly type: FeastType; readonly name: string; readonly tags: typeof tags } {
  return { type: 'FeatureView', name, tags };
}

export function snapshotOf(
  permissions: readonly PermissionInput[],
  options: Partial<SnapshotOptions> = {},
): Snapshot {
  const snapshot = createAuthorizer({
    permissions,
    resources: [view('sales'), view('risk', { pii: 'yes' })],
    version: '1',
    ...options,
  }).snapshot;
  return snapshot as unknown as Snapshot;
}
