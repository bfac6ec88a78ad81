import type { ConfigInvalidError, CredentialUnavailableError } from '../../../model/index.js';
import type { WorkspaceError } from './workspace-error.js';

/** Errors of requests to a workspace. `switch (error.code)` narrows it. */
export type WorkspaceClientError = WorkspaceError | ConfigInvalidError | CredentialUnavailableError;
