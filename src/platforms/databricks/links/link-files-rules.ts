import { checkOptions, type OptionNames } from '../../../foundation/options.js';
import { parseHostAddress } from '../tokens/index.js';
import { isApplicationId } from '../vocabulary/index.js';
import { RENEW_WITHIN_SECONDS, type RemoteName } from './link-names.js';
import { assertSeconds, checkRules, LINK_RULES, type LinkRules } from './registry-links.js';

/** What the secrets of a link say about the workspace whose registry is read. */
export interface RemoteAddress {
  /** An https address, or a host name alone. */
  readonly host: string;
  /** The number of the workspace. */
  readonly workspaceId: string;
}

/** What links should be like in files that describe workspaces. */
export interface LinkFilesRules extends LinkRules {
  /** Application ids of the service principals. */
  readonly applicationIds: Readonly<Record<RemoteName, string>>;
  /**
   * What the hosts and numbers in secrets are to be, which takes files of `readLinkState`. Default:
   * they are not compared.
   */
  readonly remotes?: Readonly<Record<RemoteName, RemoteAddress>> | undefined;
  /**
   * The number of the workspace `dev`. Default: every workspace other than those of `remotes` may
   * be it.
   */
  readonly devWorkspaceId?: string | undefined;
  /** How long before its end a token is a finding; 1,209,600 (14 days) unless given. */
  readonly renewWithinSeconds?: number | undefined;
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined;
}

const WORKSPACE_ID = /^\d{1,20}$/;

const REMOTE: OptionNames<RemoteAddress> = { host: true, workspaceId: true };
const FILES_RULES: OptionNames<LinkFilesRules> = {
  ...LINK_RULES,
  applicationIds: { staging: true, prod: true },
  remotes: { staging: REMOTE, prod: REMOTE },
  devWorkspaceId: true,
  renewWithinSeconds: true,
  now: true,
};

/**
 * @throws TypeError if a rule is unknown or invalid, ConfigInvalidError if a host is not an https
 *   address
 */
export function checkFilesRules(rules: LinkFilesRules): void {
  checkOptions<LinkFilesRules>(rules, FILES_RULES);
  const {
    applicationIds,
    remotes,
    devWorkspaceId,
    renewWithinSeconds = RENEW_WITHIN_SECONDS,
  } = rules;
  checkRules(rules);
  assertSeconds('renewWithinSeconds', renewWithinSeconds);
  if (!Object.values(applicationIds).every((id) => isApplicationId(id))) {
    throw new TypeError('applicationIds must be application ids of service principals');
  }
  for (const { host, workspaceId } of Object.values(remotes ?? {})) {
    parseHostAddress(host);
    if (!WORKSPACE_ID.test(workspaceId)) throw new TypeError('a workspaceId must be a number');
  }
  if (devWorkspaceId !== undefined && !WORKSPACE_ID.test(devWorkspaceId)) {
    throw new TypeError('devWorkspaceId must be a number');
  }
}
