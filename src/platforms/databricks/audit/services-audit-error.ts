import type { ConfigInvalidError, PermissionError } from '../../../model/index.js';

/** Errors of files that are audited. `switch (error.code)` narrows it. */
export type ServicesAuditError = ConfigInvalidError | PermissionError;
