import * as z from 'zod';
import { didYouMean, findNearest } from '../foundation/did-you-mean.js';
import type { ConfigInvalidError } from '../model/errors.js';
import type {
  AuthConfig,
  KubernetesAuthConfig,
  NoAuthConfig,
  OidcClientConfig,
  OidcServerConfig,
  OidcSettings,
} from './auth-config.js';
import { checkSection } from './check-section.js';
import { booleanField, positiveIntegerField, positiveNumberField } from './field-schemas.js';
import { isMapping } from './is-mapping.js';
import type { YamlDocument } from './parse-yaml.js';

const TYPES = ['no_auth', 'kubernetes', 'oidc'] as const;

const typeField = z.string();

const stringField = z.string({
  error: ({ input }) => {
    if (input === undefined) return 'is missing';
    return typeof input === 'number'
      ? 'must be a string: write it in quotes. The Feast operator leaves them out where a Secret holds digits only'
      : 'must be a string';
  },
});

const optionalStringField = stringField.nullish().transform((value) => value ?? undefined);

const noAuthSchema: z.ZodType<NoAuthConfig> = z
  .strictObject({ type: typeField })
  .transform(() => ({ type: 'no_auth' }));

// Feast lets a Kubernetes section hold any other field and never looks at it.
const kubernetesSchema: z.ZodType<KubernetesAuthConfig> = z
  .object({ type: typeField, user_token: optionalStringField })
  .transform((section) => ({ type: 'kubernetes', userToken: section.user_token }));

const settingsFields = {
  type: typeField,
  client_id: optionalStringField,
  ui_client_id: optionalStringField,
  verify_ssl: booleanField.default(true),
  ca_cert_path: stringField.default(''),
  audience: optionalStringField,
  issuer: optionalStringField,
  jwks_cache_lifespan_seconds: positiveIntegerField.default(300),
  jwks_request_timeout_seconds: positiveNumberField.default(10),
};
const settingsSchema = z.object(settingsFields);

const serverFields = { ...settingsFields, auth_discovery_url: stringField };
const clientFields = {
  ...settingsFields,
  auth_discovery_url: optionalStringField,
  username: optionalStringField,
  password: optionalStringField,
  client_secret: optionalStringField,
  token: optionalStringField,
  token_env_var: optionalStringField,
  token_refresh_margin_seconds: positiveNumberField.default(30),
};

/** The fields of an `auth` section, by what it is. */
export const AUTH_FIELDS: Readonly<Record<string, readonly string[]>> = {
  no_auth: ['type'],
  kubernetes: ['type', 'user_token'],
  oidc: Object.keys(serverFields),
  'oidc client': Object.keys(clientFields),
};

const serverSchema: z.ZodType<OidcServerConfig> = z
  .strictObject(serverFields)
  .transform((section) => ({
    ...toSettings(section),
    role: 'server',
    authDiscoveryUrl: section.auth_discovery_url,
  }));

const clientSchema: z.ZodType<OidcClientConfig> = z
  .strictObject(clientFields)
  .transform((section) => ({
    ...toSettings(section),
    role: 'client' as const,
    authDiscoveryUrl: section.auth_discovery_url,
    username: section.username,
    password: section.password,
    clientSecret: section.client_secret,
    token: section.token,
    tokenEnvVar: section.token_env_var,
    tokenRefreshMarginSeconds: section.token_refresh_margin_seconds,
  }))
  .superRefine((client, context) => {
    const message = explainCredentials(client);
    if (message !== undefined) context.addIssue(message);
  });

const CLIENT_FIELDS = ['username', 'password', 'client_secret', 'token', 'token_env_var'];

/**
 * Parses the `auth` section.
 *
 * An OIDC section belongs to a client if it has a client's field or no `auth_discovery_url` field,
 * whatever their values, and to a server otherwise.
 *
 * @param section `undefined` (no section) means `no_auth`
 * @returns `undefined` after adding at least one error to `errors`
 * @source Feast 0.66.0, its auth models: same fields, defaults and exclusions. Differs: a section
 *   that is neither a mapping nor the word `no_auth` is refused. Feast takes an empty one, numbers,
 *   `kubernetes` and class names, and then enforces nothing or fails later. A reference to an
 *   environment variable that is not set is refused too; Feast takes it as text.
 */
export function parseAuthSection(
  section: unknown,
  document: YamlDocument,
  errors: ConfigInvalidError[],
): AuthConfig | undefined {
  if (section === undefined || section === 'no_auth') return { type: 'no_auth' };
  const unset = document.unsetVariables(['auth']);
  if (unset.length > 0) {
    errors.push(...unset);
    return undefined;
  }
  if (!isMapping(section)) {
    // SECURITY: never read as `no_auth`: who writes the line wants some protection.
    errors.push(document.errorAt(['auth'], sayNoMapping(section)));
    return undefined;
  }
  const schema = schemaFor(section);
  if (schema !== undefined) {
    return checkSection(schema, { value: section, path: ['auth'] }, document, errors);
  }
  errors.push(document.errorAt(['auth', 'type'], sayNoType(section['type'])));
  return undefined;
}

/** Fields of a `kubernetes` section that have no effect: Feast accepts any and reads none. */
export function findIgnoredFields(section: unknown): readonly string[] {
  if (!isMapping(section) || section['type'] !== 'kubernetes') return [];
  return Object.keys(section).filter((field) => field !== 'type' && field !== 'user_token');
}

function sayNoMapping(section: unknown): string {
  const message = 'must be a mapping with a `type`, or the word `no_auth`';
  const meant = typeof section === 'string' ? findNearest(section, TYPES) : undefined;
  if (meant === undefined) return message;
  return `${message}: write \`auth: ${meant === 'no_auth' ? meant : `{ type: ${meant} }`}\``;
}

function sayNoType(type: unknown): string {
  if (type === undefined || type === null) return 'is missing';
  const hint = typeof type === 'string' ? didYouMean(type, TYPES) : '';
  return `must be \`no_auth\`, \`kubernetes\` or \`oidc\`${hint}`;
}

function schemaFor(section: Readonly<Record<string, unknown>>): z.ZodType<AuthConfig> | undefined {
  switch (section['type']) {
    case 'no_auth':
      return noAuthSchema;
    case 'kubernetes':
      return kubernetesSchema;
    case 'oidc':
      return isClientSection(section) ? clientSchema : serverSchema;
    default:
      return undefined;
  }
}

function isClientSection(section: Readonly<Record<string, unknown>>): boolean {
  return !('auth_discovery_url' in section) || CLIENT_FIELDS.some((field) => field in section);
}

/** What is wrong with a client's credentials; an empty string counts as not set, as in Feast. */
function explainCredentials(client: OidcClientConfig): string | undefined {
  const needed = [client.clientSecret, client.authDiscoveryUrl, client.clientId];
  if (client.username || client.password) needed.push(client.username, client.password);
  if (needed.some(Boolean) && !needed.every(Boolean)) {
    return 'has incomplete client credentials: they are `auth_discovery_url`, `client_id` and `client_secret`, with both of `username` and `password` or none';
  }
  const present = [
    client.token && '`token`',
    client.tokenEnvVar && '`token_env_var`',
    needed.every(Boolean) && 'client credentials',
  ].filter(Boolean);
  return present.length > 1
    ? `must have one source of tokens, not ${present.join(' and ')}`
    : undefined;
}

function toSettings(section: z.output<typeof settingsSchema>): OidcSettings {
  return {
    type: 'oidc',
    clientId: section.client_id,
    uiClientId: section.ui_client_id,
    verifySsl: section.verify_ssl,
    caCertPath: section.ca_cert_path,
    audience: section.audience,
    issuer: section.issuer,
    jwksCacheLifespanSeconds: section.jwks_cache_lifespan_seconds,
    jwksRequestTimeoutSeconds: section.jwks_request_timeout_seconds,
  };
}
