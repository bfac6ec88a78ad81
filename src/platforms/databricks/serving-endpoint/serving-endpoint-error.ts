import type { GateError } from '../../../model/index.js';
import type { WorkspaceError } from '../workspace/index.js';

/** Errors of requests to serving endpoints behind a gate. `switch (error.code)` narrows it. */
export type ServingEndpointError = GateError | WorkspaceError;
