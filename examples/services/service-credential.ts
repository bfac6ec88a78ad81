// A service credential of Unity Catalog, for those who hold ACCESS on it.
import { createAuthorizer, definePermission, groups, type Subject } from 'feast-permissions';
import {
  databricksSource,
  getServiceCredentialsProvider,
  type ServiceCredential,
} from 'feast-permissions/azure';
import { databricksVocabulary } from 'feast-permissions/databricks';
import type { WorkspaceClient } from 'feast-permissions/databricks/workspace';

const CREDENTIAL = 'sandbox-dataai-example-dbac';

export const authorizer = createAuthorizer({
  vocabulary: databricksVocabulary,
  permissions: [
    definePermission(
      {
        name: 'engineers use the sandbox connector',
        types: 'ServiceCredential',
        namePatterns: CREDENTIAL,
        actions: 'ACCESS',
        policy: groups('data-engineers'),
      },
      { vocabulary: databricksVocabulary },
    ),
  ],
});

/**
 * The workspace is asked as the one that its client is:
 * `createWorkspaceClient(createDatabricksCredentials())`.
 */
export function sandboxCredential(subject: Subject, workspace: WorkspaceClient): ServiceCredential {
  return getServiceCredentialsProvider(CREDENTIAL, {
    source: databricksSource(workspace),
    authorize: { authorizer, subject },
  });
}
