// A service principal that may query a serving endpoint, and no more.
import {
  applyEndpointAccess,
  type ServingEndpointAccess,
  verifyEndpointAccess,
} from 'feast-permissions/databricks/endpoints';
import type { WorkspaceClient } from 'feast-permissions/databricks/workspace';

const ACCESS: ServingEndpointAccess = {
  endpoints: ['fraud'],
  servicePrincipals: ['5f0c1c3e-8d2a-4a57-9b0e-6f1d2c3b4a61'],
};

/** Gives what a person should look at: a level that is stronger than it need be, for example. */
export async function letScoringQuery(workspace: WorkspaceClient): Promise<readonly string[]> {
  await applyEndpointAccess(workspace, ACCESS);
  const findings = await verifyEndpointAccess(workspace, ACCESS);
  return findings.map(({ message }) => message);
}
