import * as z from 'zod';
import { readAs } from './read-answer.js';
import { segment } from './segment.js';
import type { WorkspaceTransport } from './workspace-transport.js';

/** A serving endpoint. Permissions ask for its id. */
export interface ServingEndpoint {
  readonly id: string;
  readonly name: string;
}

/** Serving endpoints of the workspace. */
export interface ServingEndpointsApi {
  /** Rejects with `WorkspaceError` of the code `RESOURCE_DOES_NOT_EXIST` if none has this name. */
  readonly get: (name: string) => Promise<ServingEndpoint>;
}

const ENDPOINT: z.ZodType<ServingEndpoint> = z.object({ id: z.string().min(1), name: z.string() });

/** @source Databricks REST API, "Serving endpoints" */
export function createServingEndpointsApi(send: WorkspaceTransport): ServingEndpointsApi {
  return {
    get: async (name) => {
      const path = `/api/2.0/serving-endpoints/${segment('name', name)}`;
      return readAs(ENDPOINT, await send({ method: 'GET', path }), 'a serving endpoint');
    },
  };
}
