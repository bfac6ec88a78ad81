import * as z from 'zod';
import { positiveIntegerField, stringField } from '../../../config/field-schemas.js';
import { fileJsonSchema } from '../../../config/file-json-schema.js';
import type { Environment } from '../../../config/index.js';
import {
  connectWorkspace,
  expandedText,
  parseWorkspacesFile,
  readSecret,
  type SecretReference,
  secretReference,
  type WorkspaceSection,
  type WorkspacesFileOptions,
  workspaceNumber,
  workspaceSection,
} from '../endpoints/workspace-section.js';
import {
  azureCloudOf,
  createEntraProvider,
  createStaticTokenProvider,
  parseHostAddress,
  type TokenProvider,
} from '../tokens/index.js';
import { isApplicationId } from '../vocabulary/index.js';
import type { LinkFilesRules } from './link-files-rules.js';
import { RENEW_WITHIN_SECONDS, type RemoteName, TOKEN_LIFETIME_SECONDS } from './link-names.js';
import type { RegistryLinks } from './registry-links.js';

/** What a file of links says. */
export interface LinkFile {
  /** For live workspaces, and for files about them. */
  readonly rules: LinkFilesRules;
  /**
   * The links with the credentials of the environment, which are read here; those of readers, when
   * one needs a new token.
   */
  readonly connect: () => RegistryLinks;
}

/** A workspace whose registry is read, with the inputs of the module that are about it. */
interface ReaderFields {
  readonly workspaceId: string;
  readonly clientId: string;
  readonly tenantId: string | undefined;
  readonly clientSecret: SecretReference | undefined;
  readonly aadToken: SecretReference | undefined;
}

/**
 * Reads a file of links.
 *
 * Shape: `dev`, `staging` and `prod` say how the workspaces are asked (`host`, `credentials`); the
 * other fields are the inputs of the Terraform module, by their names: `staging_workspace_id`,
 * `azure_staging_client_id`, and either `azure_staging_aad_token` or `azure_staging_client_secret`
 * with `azure_staging_tenant_id`, the same for `prod`, and `additional_token_usage_groups`. Our own
 * are `compatibility`, `token_lifetime_seconds`, `renew_within_seconds` and `azure_authority`.
 * Secrets are `${NAME}`.
 *
 * @throws ConfigInvalidError with file, line and column; all problems are in its `errors`
 * @throws TypeError if an option is unknown
 * @source Terraform module `mlops-azure-infrastructure-with-sp-linking`, "Inputs"
 */
export function parseLinkFile(text: string, options: WorkspacesFileOptions): LinkFile {
  const fields = parseWorkspacesFile(text, fileSchema, options);
  const { env } = options;
  const staging = readerFields(fields, 'staging');
  const prod = readerFields(fields, 'prod');
  const rules = {
    additionalTokenUsageGroups: fields.additional_token_usage_groups,
    compatibility: fields.compatibility,
    tokenLifetimeSeconds: fields.token_lifetime_seconds,
    renewWithinSeconds: fields.renew_within_seconds,
  };
  const applicationIds = { staging: staging.clientId, prod: prod.clientId };
  const remotes = {
    staging: { host: fields.staging.host, workspaceId: staging.workspaceId },
    prod: { host: fields.prod.host, workspaceId: prod.workspaceId },
  };
  return {
    rules: { ...rules, applicationIds, remotes, devWorkspaceId: idInHost(fields.dev.host) },
    connect: () => ({
      ...rules,
      workspaces: {
        dev: connectWorkspace(fields.dev, env),
        staging: connectWorkspace(fields.staging, env),
        prod: connectWorkspace(fields.prod, env),
      },
      readers: {
        staging: connectReader(staging, fields.staging, fields.azure_authority, env),
        prod: connectReader(prod, fields.prod, fields.azure_authority, env),
      },
    }),
  };
}

/** @source Azure Databricks, "Workspace URL": `adb-<workspace-id>.<random>.azuredatabricks.net` */
function idInHost(host: string): string | undefined {
  return /^adb-(\d{1,20})\.\d+\./.exec(parseHostAddress(host).hostname)?.[1];
}

function connectReader(
  reader: ReaderFields,
  { host, ca_cert_path: caCertPath }: WorkspaceSection,
  authority = azureCloudOf(parseHostAddress(host).hostname).authority,
  env: Environment,
): RegistryLinks['readers'][RemoteName] {
  const { workspaceId, clientId, tenantId, clientSecret, aadToken } = reader;
  const createTokens = (): TokenProvider => {
    if (aadToken !== undefined) return createStaticTokenProvider(readSecret(aadToken, env).trim());
    // One of the two ways was there when the file was checked.
    const secret = readSecret(clientSecret as SecretReference, env);
    const application = { tenantId: tenantId as string, clientId, clientSecret: secret };
    return createEntraProvider({ ...application, authority, caCertPath });
  };
  return { applicationId: clientId, workspaceId, tokens: whenAsked(createTokens) };
}

/**
 * SECURITY: who only looks, every day perhaps, needs no secret of a reader, and is not given one.
 */
function whenAsked(create: () => TokenProvider): TokenProvider {
  let created: TokenProvider | undefined;
  return {
    getToken: async (options) => {
      created ??= create();
      return created.getToken(options);
    },
    discard: (token) => created?.discard?.(token),
  };
}

function fileSchema(env: Environment) {
  const text = expandedText(env);
  const id = text.refine(isApplicationId, 'must be an application (client) id');
  const workspace = workspaceSection(env);
  return z
    .strictObject(
      {
        dev: workspace.describe('Reads the registries of staging and prod.'),
        staging: workspace.describe('Reads the registry of prod.'),
        prod: workspace,
        staging_workspace_id: workspaceNumber,
        prod_workspace_id: workspaceNumber,
        azure_staging_client_id: id,
        azure_staging_aad_token: secretReference.optional(),
        azure_staging_client_secret: secretReference.optional(),
        azure_staging_tenant_id: text.optional(),
        azure_prod_client_id: id,
        azure_prod_aad_token: secretReference.optional(),
        azure_prod_client_secret: secretReference.optional(),
        azure_prod_tenant_id: text.optional(),
        azure_authority: text.optional(),
        additional_token_usage_groups: z
          .array(stringField.min(1, 'must not be empty'), 'must be a list of groups')
          .optional(),
        compatibility: z
          .literal('terraform-module', 'must be `terraform-module`, or be left out')
          .optional()
          .describe('Grants what the Terraform module grants: READ to `users`, too.'),
        token_lifetime_seconds: positiveIntegerField
          .optional()
          .describe(`Default: ${TOKEN_LIFETIME_SECONDS}.`),
        renew_within_seconds: positiveIntegerField
          .optional()
          .describe(`Default: ${RENEW_WITHIN_SECONDS}.`),
      },
      'must be a mapping with `dev`, `staging` and `prod`',
    )
    .superRefine((fields, context) => {
      const refuse = (name: string, message: string): void =>
        context.addIssue({ code: 'custom', path: [name], message });
      checkReaders(fields, refuse);
      checkLives(fields, refuse);
    });
}

/** The JSON Schema of a file of links. */
export function linkFileSchema(): object {
  return fileJsonSchema('Links of feast-permissions', fileSchema({}));
}

function checkReaders(fields: FileFields, refuse: Refuse): void {
  for (const name of ['staging', 'prod'] as const) {
    const reader = readerFields(fields, name);
    const hasSecret = reader.clientSecret !== undefined || reader.tenantId !== undefined;
    const isWhole = reader.clientSecret !== undefined && reader.tenantId !== undefined;
    if (reader.aadToken === undefined ? isWhole : !hasSecret) continue;
    const both = `\`azure_${name}_client_secret\` with \`azure_${name}_tenant_id\``;
    refuse(`azure_${name}_client_id`, `needs either ${both}, or \`azure_${name}_aad_token\``);
  }
}

/** The field that is given is the one that is wrong. */
function checkLives(fields: Lives, refuse: Refuse): void {
  const {
    token_lifetime_seconds: life = TOKEN_LIFETIME_SECONDS,
    renew_within_seconds: within = RENEW_WITHIN_SECONDS,
  } = fields;
  if (within < life) return;
  if (fields.renew_within_seconds === undefined) {
    refuse('token_lifetime_seconds', `must be more than \`renew_within_seconds\` (${within})`);
  } else {
    refuse('renew_within_seconds', `must be less than \`token_lifetime_seconds\` (${life})`);
  }
}

type Refuse = (name: string, message: string) => void;
type Lives = Pick<FileFields, 'token_lifetime_seconds' | 'renew_within_seconds'>;
type FileFields = z.output<ReturnType<typeof fileSchema>>;

function readerFields(fields: FileFields, name: RemoteName): ReaderFields {
  return name === 'staging'
    ? {
        workspaceId: fields.staging_workspace_id,
        clientId: fields.azure_staging_client_id,
        tenantId: fields.azure_staging_tenant_id,
        clientSecret: fields.azure_staging_client_secret,
        aadToken: fields.azure_staging_aad_token,
      }
    : {
        workspaceId: fields.prod_workspace_id,
        clientId: fields.azure_prod_client_id,
        tenantId: fields.azure_prod_tenant_id,
        clientSecret: fields.azure_prod_client_secret,
        aadToken: fields.azure_prod_aad_token,
      };
}
