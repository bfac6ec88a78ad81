import { checkOptions, type OptionNames } from '../../../foundation/options.js';
import { ConfigInvalidError, quote } from '../../../model/index.js';
import type { WorkspaceClient } from '../workspace/index.js';
import { WorkspaceError } from '../workspace/workspace-error.js';

/** A token for a caller of endpoints that cannot ask for tokens itself. */
export interface EndpointTokenRequest {
  /** The service principal that it is of: its application id. */
  readonly applicationId: string;
  /** What it is for, as lists of tokens show it. */
  readonly comment: string;
  /** From 60 to 86,400 seconds; 3,600 unless given. */
  readonly lifetimeSeconds?: number | undefined;
}

/** A new token: it can be read this once. */
export interface EndpointToken {
  /** A secret, masked wherever this process writes. */
  readonly token: string;
  readonly tokenId: string;
  /** Milliseconds since 1970; undefined: the workspace does not say. */
  readonly expiresAt: number | undefined;
  /**
   * How many others of the same comment the service principal has, which hold until their own end.
   */
  readonly earlier: number;
}

const TOKEN_REQUEST: OptionNames<EndpointTokenRequest> = {
  applicationId: true,
  comment: true,
  lifetimeSeconds: true,
};

/** The life of a token unless it is given. */
export const DEFAULT_TOKEN_SECONDS = 3600;
const MIN_SECONDS = 60;
const MAX_SECONDS = 24 * 60 * 60;
const MAX_COMMENT = 200;

/**
 * Makes a personal access token of a service principal that ends soon.
 *
 * A service that can keep a client secret does better with OAuth tokens of its own
 * (`createOAuthM2MProvider`).
 *
 * @param workspace asked as the service principal itself
 * @param options.keep puts the token where it is to be. If that fails, the token is revoked, since
 *   it is stored nowhere
 * @returns rejects with ConfigInvalidError when `workspace` is asked as anybody else: the token
 *   would have their rights; with what `keep` rejects with
 * @throws TypeError if an option is unknown, when the comment is empty or long, or the lifetime out
 *   of its bounds
 * @source Databricks REST API, "Token": `/api/2.0/token/create` makes a token of who asks
 */
export async function createEndpointToken(
  workspace: WorkspaceClient,
  request: EndpointTokenRequest,
  options: { readonly keep?: ((token: string) => Promise<void>) | undefined } = {},
): Promise<EndpointToken> {
  checkOptions<typeof options>(options, { keep: true }, { 'the second argument': TOKEN_REQUEST });
  checkOptions<EndpointTokenRequest>(request, TOKEN_REQUEST, {
    'the third argument': { keep: true },
  });
  const { applicationId, comment, lifetimeSeconds = DEFAULT_TOKEN_SECONDS } = request;
  if (typeof comment !== 'string' || comment === '' || comment.length > MAX_COMMENT) {
    throw new TypeError(`comment must be a string of at most ${MAX_COMMENT} characters`);
  }
  const isBounded = lifetimeSeconds >= MIN_SECONDS && lifetimeSeconds <= MAX_SECONDS;
  if (!Number.isSafeInteger(lifetimeSeconds) || !isBounded) {
    throw new TypeError(`lifetimeSeconds must be from ${MIN_SECONDS} to ${MAX_SECONDS}`);
  }
  await assertAskedAs(workspace, applicationId);
  const before = await workspace.tokens.list();
  const created = await workspace.tokens.create({ comment, lifetimeSeconds });
  const { token_id: tokenId, expiry_time: end } = created.token_info;
  try {
    await options.keep?.(created.token_value);
  } catch (error) {
    await endToken(workspace, tokenId);
    throw error;
  }
  return {
    token: created.token_value,
    tokenId,
    expiresAt: end === undefined || end < 0 ? undefined : end,
    earlier: before.filter((each) => each.comment === comment).length,
  };
}

async function endToken({ tokens }: WorkspaceClient, tokenId: string): Promise<void> {
  try {
    await tokens.delete(tokenId);
  } catch (cause) {
    const message = `token ${quote(tokenId)} could neither be kept nor ended, and holds until its end`;
    throw new WorkspaceError(message, { status: 0, retriable: false }, { cause });
  }
}

/**
 * SECURITY: a token belongs to the caller who asks for it. One that an admin asked for by mistake
 * would open the whole workspace.
 *
 * @returns rejects with ConfigInvalidError when the workspace is asked as somebody else
 */
export async function assertAskedAs(
  workspace: WorkspaceClient,
  applicationId: string,
): Promise<void> {
  const { applicationId: own, userName } = await workspace.scim.currentUser();
  const name = own ?? userName ?? '';
  if (name.toLowerCase() === applicationId.toLowerCase()) return;
  throw new ConfigInvalidError(
    'the credentials for a token are not those of the service principal that it is for',
  );
}
