import { CredentialUnavailableError } from '../../../model/errors.js';
import { createStaticTokenProvider } from '../tokens/index.js';
import { createWorkspaceClient, type ManagedTokenInfo } from '../workspace/index.js';
import { linksTo, type RemoteName, type WorkspaceName } from './link-names.js';
import type { StoredSecret } from './read-workspace.js';
import type { LinkSession } from './registry-links.js';

/** Why a link needs a new token. */
export type RenewalReason =
  /** No token of the link holds. */
  | 'none'
  /** More than one does, and the stored one is unknown: a run was interrupted. */
  | 'several'
  /** A scope has none, or another one, or one that is older than the token. */
  | 'not-stored'
  /** The registry's workspace does not take what is stored as the service principal's. */
  | 'not-accepted'
  /** It ends soon. */
  | 'due'
  /** It was asked for. */
  | 'asked';

/** The tokens of one registry's links. */
export interface TokenState {
  /** Those that this program made for these links. */
  readonly ours: readonly ManagedTokenInfo[];
  /** Those that the Terraform module made, and that hold. */
  readonly ofModule: readonly ManagedTokenInfo[];
  /** How many more the service principal made that belong to no link. */
  readonly others: number;
  /** The end of the one that is stored; undefined when it is not known to be right. */
  readonly expiresAt: number | undefined;
  /** Undefined: all is well. */
  readonly renewal: RenewalReason | undefined;
}

/** Clocks of two workspaces may differ by this. */
const CLOCK_TOLERANCE_MS = 5 * 60 * 1000;
const COMMENT_START = 'registry link ';
/** @source Terraform module `mlops-azure-infrastructure-with-sp-linking`, `main.tf` */
const MODULE_COMMENT = 'PAT on behalf of ';

/** The numbers of all workspaces. */
export type WorkspaceIds = Readonly<Record<WorkspaceName, string>>;

/**
 * What the comment of every token of these links starts with. It names the workspaces that hold the
 * token, so that other workspaces with links to the same registry keep theirs.
 */
function commentStart(remote: RemoteName, ids: WorkspaceIds): string {
  const [first] = linksTo(remote);
  const holders = linksTo(remote).map(({ from }) => ids[from]);
  return `${COMMENT_START}${first?.scope ?? ''} for ${holders.join(', ')};`;
}

/** The comment of a new token: which link, when it was made and when it ends. */
export function tokenComment(remote: RemoteName, ids: WorkspaceIds, session: LinkSession): string {
  const made = session.now();
  const day = (time: number): string => new Date(time).toISOString().slice(0, 19);
  const ends = made + session.tokenLifetimeSeconds * 1000;
  return `${commentStart(remote, ids)} made ${day(made)}Z, ends ${day(ends)}Z`;
}

/** The tokens that the service principal made for these links. */
export function tokensOfLink(
  tokens: readonly ManagedTokenInfo[],
  remote: RemoteName,
  ids: WorkspaceIds,
  session: LinkSession,
): readonly ManagedTokenInfo[] {
  const start = commentStart(remote, ids);
  return tokens.filter(
    (token) =>
      isMadeBy(token, session.applicationIds[remote]) && token.comment?.startsWith(start) === true,
  );
}

/**
 * Looks at what is stored for the links to a registry.
 *
 * A token cannot be read back, and its id cannot be told from it. So it is known by its comment, by
 * being the only one of that comment, by every scope holding the same one since it was made, and by
 * being accepted as the service principal's.
 *
 * @param stored what each scope holds, in the order of the links
 * @param acceptsModule whether a token of the Terraform module does, where none of ours is
 */
export async function readTokenState(
  tokens: readonly ManagedTokenInfo[],
  stored: readonly (StoredSecret | undefined)[],
  remote: RemoteName,
  ids: WorkspaceIds,
  session: LinkSession,
  acceptsModule = false,
): Promise<TokenState> {
  const now = session.now();
  const ofModule = tokensOfModule(tokens, session.applicationIds[remote], now);
  const own = tokensOfLink(tokens, remote, ids, session);
  // While the module stays in charge, its token is the one of the link.
  const ours = own.length === 0 && acceptsModule ? ofModule : own;
  const others = tokens.filter(
    (token) =>
      isMadeBy(token, session.applicationIds[remote]) &&
      token.comment?.startsWith(COMMENT_START) !== true &&
      !ofModule.includes(token) &&
      holdsAt(token, now),
  ).length;
  const live = ours.filter((token) => holdsAt(token, now));
  const [token, second] = live;
  const broken = (renewal: RenewalReason): TokenState => ({
    ours,
    ofModule,
    others,
    expiresAt: undefined,
    renewal,
  });
  if (token === undefined) return broken('none');
  if (second !== undefined) return broken('several');
  const [value] = stored;
  if (value === undefined || !stored.every((each) => isStored(token, value, each))) {
    return broken('not-stored');
  }
  if (!(await isAccepted(value.value, remote, session))) return broken('not-accepted');
  const { expiry_time: end = -1 } = token;
  // One that does not end was not asked for.
  const isDue = end < 0 || end - now < session.renewWithinSeconds * 1000;
  return { ours, ofModule, others, expiresAt: end, renewal: isDue ? 'due' : undefined };
}

/** The tokens of a service principal that the Terraform module made, by their fixed comment. */
function tokensOfModule(
  tokens: readonly ManagedTokenInfo[],
  applicationId: string,
  now: number,
): readonly ManagedTokenInfo[] {
  const comment = `${MODULE_COMMENT}${applicationId}`.toLowerCase();
  return tokens.filter(
    (token) =>
      isMadeBy(token, applicationId) &&
      token.comment?.toLowerCase() === comment &&
      holdsAt(token, now),
  );
}

function isMadeBy({ created_by_username: name }: ManagedTokenInfo, applicationId: string): boolean {
  return name?.toLowerCase() === applicationId;
}

function holdsAt({ expiry_time: end = -1 }: ManagedTokenInfo, now: number): boolean {
  return end < 0 || end > now;
}

/** Whether a scope holds the same as the first one, put there since the token was made. */
function isStored(
  { creation_time: createdAt = 0 }: ManagedTokenInfo,
  { value }: StoredSecret,
  secret: StoredSecret | undefined,
): boolean {
  const { updatedAt = Number.POSITIVE_INFINITY } = secret ?? {};
  return secret?.value === value && updatedAt >= createdAt - CLOCK_TOLERANCE_MS;
}

/** Whether a workspace takes a token for one of the service principal. */
async function isAccepted(
  value: string,
  remote: RemoteName,
  { links, applicationIds }: LinkSession,
): Promise<boolean> {
  // A token must fit into a header.
  if (!/^[\x21-\x7e]+$/.test(value)) return false;
  const options = links.workspaces[remote];
  const tokens = createStaticTokenProvider(value, { redaction: options.redaction });
  try {
    const { applicationId, userName } = await createWorkspaceClient({
      ...options,
      tokens,
    }).scim.currentUser();
    return (applicationId ?? userName)?.toLowerCase() === applicationIds[remote];
  } catch (error) {
    if (error instanceof CredentialUnavailableError) return false;
    throw error;
  }
}
