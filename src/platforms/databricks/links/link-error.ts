import type { ConfigInvalidError, CredentialUnavailableError } from '../../../model/index.js';
import type { WorkspaceError } from '../workspace/index.js';

/** Errors of links between model registries. `switch (error.code)` narrows it. */
export type LinkError = WorkspaceError | ConfigInvalidError | CredentialUnavailableError;
