// A client of a Databricks workspace, signed in as the variables of the environment say.
import {
  createDatabricksCredentials,
  type DatabricksCredentialsOptions,
} from 'feast-permissions/databricks';
import {
  createWorkspaceClient,
  type ObjectPermissions,
  type WorkspaceClient,
} from 'feast-permissions/databricks/workspace';

/** For example with `DATABRICKS_HOST`, `DATABRICKS_CLIENT_ID` and `DATABRICKS_CLIENT_SECRET`. */
export function connectWorkspace(
  env: Readonly<Record<string, string | undefined>> = process.env,
  options: DatabricksCredentialsOptions = {},
): WorkspaceClient {
  const { host, tokens } = createDatabricksCredentials(env, options);
  return createWorkspaceClient({ ...options, host, tokens });
}

/** Permissions ask for the id of an endpoint, which is not its name. */
export async function whoMayQuery(
  workspace: WorkspaceClient,
  endpoint: string,
): Promise<ObjectPermissions> {
  const { id } = await workspace.servingEndpoints.get(endpoint);
  return workspace.permissions.get('serving-endpoints', id);
}
