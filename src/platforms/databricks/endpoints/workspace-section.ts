import * as z from 'zod';
import { parseFields } from '../../../config/check-section.js';
import { expandEnvironment } from '../../../config/expand-environment.js';
import { stringField } from '../../../config/field-schemas.js';
import type { Environment } from '../../../config/index.js';
import { checkOptions } from '../../../foundation/options.js';
import { ConfigInvalidError, quote } from '../../../model/index.js';
import {
  azureCloudOf,
  createDatabricksCredentials,
  createEntraProvider,
  createOAuthM2MProvider,
  createStaticTokenProvider,
  isHostEntry,
  parseHostAddress,
  parseWorkspaceHost,
  type TokenProvider,
} from '../tokens/index.js';
import type { WorkspaceClientOptions } from '../workspace/index.js';

/** Where a file about workspaces stands, and the environment that its secrets are in. */
export interface WorkspacesFileOptions {
  /** Its name, for error messages. */
  readonly file?: string | undefined;
  readonly env: Environment;
}

/**
 * Reads a file about workspaces. What a secret's field says is looked at as it is written.
 *
 * @throws ConfigInvalidError with file, line and column; all problems are in its `errors`
 * @throws TypeError if an option is unknown
 */
export function parseWorkspacesFile<Fields>(
  text: string,
  schemaOf: (env: Environment) => z.ZodType<Fields>,
  options: WorkspacesFileOptions,
): Fields {
  checkOptions<WorkspacesFileOptions>(options, { file: true, env: true });
  return parseFields(text, schemaOf(options.env), options.file);
}

/** The variable of the environment that holds a secret. */
export interface SecretReference {
  readonly variable: string;
}

const MAX_TEXT = 2048;

/** A secret of a file: the name of a variable, never the secret. */
export const secretReference: z.ZodType<SecretReference> = stringField
  .regex(
    /^\$(?:\w+|\{\w+\})$/,
    'must be a variable as `${NAME}`: a secret does not stand in a file',
  )
  .transform((text) => ({ variable: text.replace(/[${}]/g, '') }));

/** Text of a file, with variables of the environment expanded. */
export function expandedText(env: Environment): z.ZodType<string> {
  return stringField.transform((text, context) => {
    const expanded = expandEnvironment(text, env, MAX_TEXT);
    if (expanded === undefined) context.addIssue(`is longer than ${MAX_TEXT} characters`);
    else if (expanded === '') context.addIssue('must not be empty');
    // None of these texts has a dollar sign of its own.
    else if (expanded.includes('$')) context.addIssue('names a variable that is not set');
    else return expanded;
    return z.NEVER;
  });
}

/** As whom a workspace is asked. */
export interface CredentialsSection {
  readonly token?: SecretReference | undefined;
  readonly client_id?: string | undefined;
  readonly client_secret?: SecretReference | undefined;
  readonly tenant_id?: string | undefined;
  readonly authority?: string | undefined;
}

/** How a workspace is reached. */
export interface WorkspaceSection {
  readonly host: string;
  readonly hosts?: readonly string[] | undefined;
  readonly workspace_id?: string | undefined;
  readonly ca_cert_path?: string | undefined;
  readonly credentials?: CredentialsSection | undefined;
}

/** The form of credentials in a file. */
export function credentialsSection(env: Environment): z.ZodType<CredentialsSection> {
  const text = expandedText(env);
  return z
    .strictObject(
      {
        token: secretReference.optional().describe('A variable as `${NAME}`, and nothing else.'),
        client_id: text.optional(),
        client_secret: secretReference.optional().describe('A variable as `${NAME}`.'),
        tenant_id: text.optional().describe('The tenant of Entra. Default: OAuth of Databricks.'),
        authority: text
          .optional()
          .describe('The authority of Entra. Default: that of the cloud of the host.'),
      },
      'must be a mapping',
    )
    .refine(
      // SECURITY: an authority without its tenant would leave a secret of Entra to be sent to
      // Databricks.
      ({ token, client_id: id, client_secret: secret, tenant_id: tenant, authority }) =>
        token === undefined
          ? id !== undefined && secret !== undefined && (authority === undefined || tenant)
          : [id, secret, tenant, authority].every((field) => field === undefined),
      'must be `token`, or `client_id` and `client_secret`, with `tenant_id` for Entra, and `authority` where it is not the public one',
    );
}

/** Numbers of workspaces are written with quotes and without. */
export const workspaceNumber: z.ZodType<string> = z
  .union([z.string(), z.number().int().nonnegative()], 'must be the number of a workspace')
  .transform(String)
  .refine((text) => /^\d{1,20}$/.test(text), 'must be the number of a workspace');

/** The form of a workspace in a file: `host`, and `credentials` of one of three kinds. */
export function workspaceSection(env: Environment): z.ZodType<WorkspaceSection> {
  const text = expandedText(env);
  return z
    .strictObject(
      {
        host: text
          .refine(isAddress, 'must be an https address or a host name')
          .describe('The address of the workspace.'),
        hosts: z
          .array(stringField.refine(isHostEntry, 'must be a host name'), 'must be a list')
          .optional()
          .describe('Hosts that `host` may name beside those of Databricks.'),
        workspace_id: workspaceNumber
          .optional()
          .describe('The number of the workspace, for a host that serves several.'),
        ca_cert_path: text.optional().describe('A file of certificates to trust.'),
        credentials: credentialsSection(env)
          .optional()
          .describe('How to sign in. Default: the `DATABRICKS_` variables.'),
      },
      'must be a mapping with a `host`',
    )
    .superRefine(({ host, hosts }, context) => {
      if (isAddress(host) && !isKnown(host, hosts)) {
        const message = 'is not a host of Databricks; correct it, or name it in `hosts` beside it';
        context.addIssue({ code: 'custom', path: ['host'], message });
      }
    });
}

/**
 * How a workspace is asked, with secrets from the environment: by the section's credentials, or
 * else by the `DATABRICKS_` variables of the environment.
 *
 * @throws ConfigInvalidError when a variable is not set: it names the variable and never what one
 *   holds
 */
export function connectWorkspace(
  section: WorkspaceSection,
  env: Environment,
): WorkspaceClientOptions {
  const { host, hosts, ca_cert_path: caCertPath, credentials } = section;
  // The variables are about one workspace, which a section without credentials stands for.
  const variable = credentials === undefined ? env['DATABRICKS_WORKSPACE_ID'] : undefined;
  const workspaceId = section.workspace_id ?? (variable || undefined);
  return { host, hosts, caCertPath, workspaceId, tokens: createTokens(section, env) };
}

/** What a variable holds. @throws ConfigInvalidError when it is not set */
export function readSecret({ variable }: SecretReference, env: Environment): string {
  const value = Object.hasOwn(env, variable) ? env[variable] : undefined;
  if (value) return value;
  throw new ConfigInvalidError(`the environment variable ${quote(variable)} is not set`);
}

function createTokens(
  { host, hosts, ca_cert_path: caCertPath, credentials }: WorkspaceSection,
  env: Environment,
): TokenProvider {
  if (credentials === undefined) {
    return createDatabricksCredentials({ ...env, DATABRICKS_HOST: host }, { caCertPath, hosts })
      .tokens;
  }
  const { token, client_id: clientId = '', client_secret: reference, tenant_id } = credentials;
  if (token !== undefined) return createStaticTokenProvider(readSecret(token, env).trim());
  const clientSecret = reference === undefined ? '' : readSecret(reference, env);
  if (tenant_id === undefined) {
    return createOAuthM2MProvider({ host, hosts, clientId, clientSecret, caCertPath });
  }
  // SECURITY: the secret goes to the Entra of the cloud of the workspace, unless another is named.
  const { authority = azureCloudOf(parseHostAddress(host).hostname).authority } = credentials;
  return createEntraProvider({
    tenantId: tenant_id,
    clientId,
    clientSecret,
    authority,
    caCertPath,
  });
}

function isAddress(text: string): boolean {
  return succeeds(() => parseHostAddress(text));
}

function isKnown(host: string, hosts: readonly string[] | undefined): boolean {
  return succeeds(() => parseWorkspaceHost(host, { hosts }));
}

function succeeds(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
}
