import type { ConfigInvalidError, CredentialUnavailableError } from '../../../model/index.js';
import type { WorkspaceError } from '../workspace/index.js';

/** Errors of access to serving endpoints. `switch (error.code)` narrows it. */
export type EndpointError = WorkspaceError | ConfigInvalidError | CredentialUnavailableError;
