import type { AuthzError, Decision } from '../../src/model/index.js';
import * as core from '../../src/model/index.js';
import { WorkspaceError } from '../../src/platforms/databricks/workspace/index.js';
import { SecretForbiddenError, SecretNotFoundError } from '../../src/platforms/secrets/index.js';

export const DENIAL: Decision = {
  allowed: false,
  reason: 'denied',
  subject: { username: 'alice', roles: ['secret-role'] },
  actions: ['READ_ONLINE', 'DESCRIBE'],
  resource: { type: 'FeatureView', name: 'risk\nscores', tags: { team: 'secret-tag' } },
  permissions: [{ name: 'p', project: undefined, granted: false, explanation: 'secret-role' }],
  explanation: 'secret-role',
  version: '1',
};

export const PATTERN = {
  kind: 'unsupported',
  pattern: '(a)\\1',
  position: 3,
  reason: 'back-reference',
} as const;

/** One error of each class of the core. */
export const CORE_ERRORS = [
  new core.PermissionInvalidError('m', { field: 'name' }),
  new core.PatternUnsupportedError(PATTERN),
  new core.ConfigInvalidError('m'),
  new core.RegistryInvalidError('m'),
  new core.RegistryUnavailableError('m'),
  new core.RegistryProjectMissingError('m'),
  new core.SnapshotStaleError('m'),
  new core.IdentityMissingError('m'),
  new core.IdentityInvalidError('m'),
  new core.IdentityUnavailableError('m'),
  new core.PermissionDeniedError(DENIAL),
  new core.RequestInvalidError('m'),
  new core.MediaTypeUnsupportedError('m'),
  new core.ResourceNotFoundError('m'),
  new core.CredentialUnavailableError('m'),
] as const satisfies readonly AuthzError[];

/** One error of each class of the package. */
export const ALL_ERRORS: readonly AuthzError[] = [
  ...CORE_ERRORS,
  new SecretNotFoundError('m'),
  new SecretForbiddenError('m'),
  new WorkspaceError('m', { status: 500, retriable: false }),
];
