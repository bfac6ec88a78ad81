import type { ConfigInvalidError, PermissionDeniedError } from '../../model/index.js';
import type { SecretError } from '../secrets/index.js';

/** Errors of credentials for online stores. `switch (error.code)` narrows it. */
export type OnlineStoreError = ConfigInvalidError | PermissionDeniedError | SecretError;
