import * as z from 'zod';
import { positiveIntegerField, stringField } from '../../../config/field-schemas.js';
import { fileJsonSchema } from '../../../config/file-json-schema.js';
import type { Environment } from '../../../config/index.js';
import { isApplicationId } from '../vocabulary/index.js';
import type { WorkspaceClientOptions } from '../workspace/index.js';
import type { EndpointLevel, ServingEndpointAccess } from './endpoint-access.js';
import { DEFAULT_TOKEN_SECONDS, type EndpointTokenRequest } from './endpoint-token.js';
import {
  type CredentialsSection,
  connectWorkspace,
  credentialsSection,
  parseWorkspacesFile,
  type WorkspaceSection,
  type WorkspacesFileOptions,
  workspaceSection,
} from './workspace-section.js';

/** What a file of endpoint access says. */
export interface EndpointFile {
  readonly access: ServingEndpointAccess;
  /** As whom the workspace is asked for endpoints and permissions. */
  readonly connect: () => WorkspaceClientOptions;
  /** The token to make, and how the workspace is asked as the service principal. */
  readonly token:
    | { readonly request: EndpointTokenRequest; readonly connect: () => WorkspaceClientOptions }
    | undefined;
}

const applicationId = stringField.refine(
  isApplicationId,
  'must be the application id of a service principal, not its name',
);
const name = stringField.min(1, 'must not be empty');

/**
 * Reads a file of endpoint access.
 *
 * Shape: `workspace` (`host`, `ca_cert_path`, `credentials`), `endpoints`, `service_principals`,
 * `level`, and `token` with `application_id`, `comment`, `lifetime_seconds` and `credentials`.
 * Secrets are `${NAME}`. Nothing is asked yet: `connect` reads the secrets.
 *
 * @throws ConfigInvalidError with file, line and column; all problems are in its `errors`
 * @throws TypeError if an option is unknown
 */
export function parseEndpointFile(text: string, options: WorkspacesFileOptions): EndpointFile {
  const fields = parseWorkspacesFile(text, fileSchema, options);
  const { env } = options;
  const { workspace, endpoints, service_principals, level, token } = fields;
  return {
    access: { endpoints, servicePrincipals: service_principals, level },
    connect: () => connectWorkspace(workspace, env),
    token: token && {
      request: {
        applicationId: token.application_id,
        comment: token.comment,
        lifetimeSeconds: token.lifetime_seconds,
      },
      connect: () => connectWorkspace({ ...workspace, credentials: token.credentials }, env),
    },
  };
}

interface FileFields {
  readonly workspace: WorkspaceSection;
  readonly endpoints: readonly string[];
  readonly service_principals: readonly string[];
  readonly level?: EndpointLevel | undefined;
  readonly token?:
    | {
        readonly application_id: string;
        readonly comment: string;
        readonly lifetime_seconds?: number | undefined;
        readonly credentials: CredentialsSection;
      }
    | undefined;
}

function fileSchema(env: Environment): z.ZodType<FileFields> {
  return z.strictObject(
    {
      workspace: workspaceSection(env),
      endpoints: listOf(name).describe('Names of serving endpoints.'),
      service_principals: listOf(applicationId).describe('Application IDs.'),
      level: z
        .enum(['CAN_VIEW', 'CAN_QUERY', 'CAN_MANAGE'], 'must be CAN_VIEW, CAN_QUERY or CAN_MANAGE')
        .optional()
        .describe('Default: CAN_QUERY.'),
      token: z
        .strictObject(
          {
            application_id: applicationId.describe('The service principal that gets the token.'),
            comment: name.max(200, 'is longer than 200 characters'),
            lifetime_seconds: positiveIntegerField
              .refine((seconds) => seconds >= 60 && seconds <= 86_400, 'must be from 60 to 86400')
              .optional()
              .describe(`From 60 to 86400. Default: ${DEFAULT_TOKEN_SECONDS}.`),
            credentials: credentialsSection(env),
          },
          'must be a mapping',
        )
        .optional()
        .describe('A token for a caller that cannot sign in.'),
    },
    'must be a mapping with `workspace`, `endpoints` and `service_principals`',
  );
}

/** The JSON Schema of a file of endpoint access. */
export function endpointFileSchema(): object {
  return fileJsonSchema('Endpoint access of feast-permissions', fileSchema({}));
}

function listOf<T>(item: z.ZodType<T>): z.ZodType<readonly T[]> {
  return z.array(item, 'must be a list').min(1, 'must not be empty');
}
