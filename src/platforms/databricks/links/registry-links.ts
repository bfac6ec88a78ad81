import { checkOptions, type OptionNames } from '../../../foundation/options.js';
import type { TokenProvider } from '../tokens/index.js';
import { isApplicationId, USERS_GROUP } from '../vocabulary/index.js';
import {
  createWorkspaceClient,
  type WorkspaceClient,
  type WorkspaceClientOptions,
} from '../workspace/index.js';
import {
  RENEW_WITHIN_SECONDS,
  type RegistryLink,
  type RemoteName,
  SERVICE_PRINCIPAL_GROUP,
  TOKEN_LIFETIME_SECONDS,
  type WorkspaceName,
} from './link-names.js';

/** The service principal whose token reads a registry. */
export interface RegistryReader {
  /** Its application id: of an application that exists in Entra. */
  readonly applicationId: string;
  /** The number of the workspace, which is checked before anything is done. */
  readonly workspaceId: string;
  /**
   * Tokens of the service principal itself. Asked only when it needs a new personal access token.
   */
  readonly tokens: TokenProvider;
}

/** What the links say about access, wherever it is looked up. */
export interface LinkRules {
  /**
   * Groups of staging and production that may use tokens, beside the one of the service principals.
   */
  readonly additionalTokenUsageGroups?: readonly string[] | undefined;
  /**
   * `terraform-module`: everyone in a workspace may read its scopes, as the module has it. Default:
   * the group alone.
   */
  readonly compatibility?: 'terraform-module' | undefined;
  /** The life of tokens; 8,640,000 (100 days) unless given. */
  readonly tokenLifetimeSeconds?: number | undefined;
}

/** Workspaces that read each other's model registries. */
export interface RegistryLinks extends LinkRules {
  /** How each workspace is asked, as one of its admins. */
  readonly workspaces: Readonly<Record<WorkspaceName, WorkspaceClientOptions>>;
  readonly readers: Readonly<Record<RemoteName, RegistryReader>>;
  /** How long before its end a token is made anew; 1,209,600 (14 days) unless given. */
  readonly renewWithinSeconds?: number | undefined;
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined;
}

export const LINK_RULES: OptionNames<LinkRules> = {
  additionalTokenUsageGroups: true,
  compatibility: true,
  tokenLifetimeSeconds: true,
};
const READER: OptionNames<RegistryReader> = {
  applicationId: true,
  workspaceId: true,
  tokens: true,
};
const LINKS: OptionNames<RegistryLinks> = {
  ...LINK_RULES,
  workspaces: { dev: true, staging: true, prod: true },
  readers: { staging: READER, prod: READER },
  renewWithinSeconds: true,
  now: true,
};

/** Links that are checked, and clients of their workspaces. */
export interface LinkSession {
  readonly links: RegistryLinks;
  readonly clients: Readonly<Record<WorkspaceName, WorkspaceClient>>;
  /** Application ids in lower case. */
  readonly applicationIds: Readonly<Record<RemoteName, string>>;
  readonly tokenLifetimeSeconds: number;
  readonly renewWithinSeconds: number;
  readonly now: () => number;
}

/**
 * Checks links, and makes the clients of their workspaces. Asks nothing.
 *
 * @throws TypeError if a field is unknown or its value invalid
 */
export function openLinks(links: RegistryLinks): LinkSession {
  checkOptions<RegistryLinks>(links, LINKS);
  const { workspaces, readers, now = Date.now } = links;
  checkRules(links);
  const tokenLifetimeSeconds = links.tokenLifetimeSeconds ?? TOKEN_LIFETIME_SECONDS;
  const renewWithinSeconds = links.renewWithinSeconds ?? RENEW_WITHIN_SECONDS;
  assertSeconds('renewWithinSeconds', renewWithinSeconds);
  if (renewWithinSeconds >= tokenLifetimeSeconds) {
    throw new TypeError('renewWithinSeconds must be less than the lifetime of a token');
  }
  const idOf = (name: RemoteName): string => {
    const { applicationId, workspaceId } = readers[name];
    if (!isApplicationId(applicationId)) {
      throw new TypeError(`the reader of ${name} must be named by its application ID`);
    }
    if (!/^\d{1,20}$/.test(workspaceId)) {
      throw new TypeError(`the workspaceId of ${name} must be a number`);
    }
    return applicationId.toLowerCase();
  };
  return {
    links,
    clients: {
      dev: createWorkspaceClient(workspaces.dev),
      staging: createWorkspaceClient(workspaces.staging),
      prod: createWorkspaceClient(workspaces.prod),
    },
    applicationIds: { staging: idOf('staging'), prod: idOf('prod') },
    tokenLifetimeSeconds,
    renewWithinSeconds,
    now,
  };
}

/** @throws TypeError */
export function checkRules({
  additionalTokenUsageGroups = [],
  compatibility,
  tokenLifetimeSeconds = TOKEN_LIFETIME_SECONDS,
}: LinkRules): void {
  if (!additionalTokenUsageGroups.every((group) => typeof group === 'string' && group !== '')) {
    throw new TypeError('additionalTokenUsageGroups must be names of groups');
  }
  if (compatibility !== undefined && compatibility !== 'terraform-module') {
    throw new TypeError('compatibility must be `terraform-module`');
  }
  assertSeconds('tokenLifetimeSeconds', tokenLifetimeSeconds);
}

/** The groups that may use tokens in staging and production. */
export function tokenUsers({ additionalTokenUsageGroups = [] }: LinkRules): readonly string[] {
  return [...new Set([SERVICE_PRINCIPAL_GROUP, ...additionalTokenUsageGroups])];
}

/**
 * The groups that may read the scope of a link.
 *
 * The module's document names two, everyone and the group of the service principals, and makes the
 * latter in staging and production only.
 */
export function scopeReaders(
  { from }: RegistryLink,
  { compatibility }: LinkRules,
): readonly string[] {
  if (compatibility === undefined) return [SERVICE_PRINCIPAL_GROUP];
  return from === 'dev' ? [USERS_GROUP] : [USERS_GROUP, SERVICE_PRINCIPAL_GROUP];
}

/** @throws TypeError if it is not a positive integer */
export function assertSeconds(name: string, seconds: number): void {
  if (Number.isSafeInteger(seconds) && seconds > 0) return;
  throw new TypeError(`${name} must be a whole number of seconds above 0`);
}
