import type { Authorizer } from '../../engine/index.js';
import { checkOptions, type OptionNames } from '../../foundation/options.js';
import {
  assertResource,
  CredentialUnavailableError,
  type Decision,
  type DecisionReason,
  type FeastVocabulary,
  formatResource,
  PermissionDeniedError,
  quote,
  type Resource,
  type ResourceOf,
  type Subject,
} from '../../model/index.js';
import type { SecretName, SecretStore } from '../secrets/index.js';
import { profilesInUse, sharesCredentials } from './credentials-in-use.js';
import { type OnlineStore, parseOnlineStore } from './online-store.js';
import { type CredentialUse, conceal, type ResolvedCredentials } from './resolved-credentials.js';
import { secretNamesOf } from './secret-prefix.js';

/** The actions that need credentials for an online store. */
export type OnlineAction = 'READ_ONLINE' | 'WRITE_ONLINE';

/** Why a decision may allow something without any permission that grants it. */
export type UngrantedReason = Exclude<DecisionReason, 'granted' | 'denied' | 'unknown-project'>;

/** Where the credentials of an online store are read from, and for which decisions. */
export interface ResolveCredentialsOptions {
  /** Where the secrets are. */
  readonly secrets: SecretStore;
  /**
   * Which action of the decision the credentials are for. Needed where it is about reading and
   * writing.
   */
  readonly action?: OnlineAction | undefined;
  /**
   * Reasons that are enough although no permission grants: `no-auth`, for example. None unless
   * given.
   */
  readonly accept?: readonly UngrantedReason[] | undefined;
  /** Hands out credentials for reading that are those for writing too. Refused unless `true`. */
  readonly allowSharedCredentials?: boolean | undefined;
}

const RESOLVE_OPTIONS: OptionNames<ResolveCredentialsOptions> = {
  secrets: true,
  action: true,
  accept: true,
  allowSharedCredentials: true,
};
const { action: _action, ...AUTHORIZE_OPTIONS } = RESOLVE_OPTIONS;

const USES: ReadonlyMap<string, CredentialUse> = new Map([
  ['READ_ONLINE', 'read'],
  ['WRITE_ONLINE', 'write'],
]);
const UNGRANTED: readonly DecisionReason[] = ['unsecured', 'no-permissions', 'no-auth'];
const VIEW_TYPES: readonly string[] = [
  'FeatureView',
  'BatchFeatureView',
  'StreamFeatureView',
  'OnDemandFeatureView',
  'LabelView',
];

/**
 * Decides, and resolves the credentials that the decision allows: the form that no made-up decision
 * can get past.
 *
 * @returns rejects as {@link resolveCredentials} does
 */
export async function authorizeAndResolve(
  authorizer: Pick<Authorizer, 'decide'>,
  subject: Subject | null,
  action: OnlineAction,
  resource: ResourceOf<FeastVocabulary>,
  store: OnlineStore,
  options: Omit<ResolveCredentialsOptions, 'action'>,
): Promise<ResolvedCredentials> {
  checkOptions<Omit<ResolveCredentialsOptions, 'action'>>(options, AUTHORIZE_OPTIONS, {
    'the third argument': { action: true },
  });
  const decision = authorizer.decide(subject, action, resource);
  return resolveCredentials(decision, store, { ...options, action });
}

/**
 * Resolves the credentials for an online store that a decision allows, and none that may do more.
 *
 * Shape: READ_ONLINE gives the credentials for reading, WRITE_ONLINE those for writing. Where the
 * former are missing there are none: the latter never stand in. A decision about both needs
 * `action`. The decision is believed, and has to be one of the engine: {@link authorizeAndResolve}
 * asks it. Only what a permission grants counts, unless `accept` says more, and only a feature view
 * or feature service that the store holds.
 *
 * @returns rejects with PermissionDeniedError when the decision does not allow it, before any
 * secret is read; CredentialUnavailableError when the store has no such credentials;
 * ConfigInvalidError for an invalid store; what the secret store rejects with; TypeError if an
 * option is unknown, and for a decision about neither action, or one that `action` does not settle
 * @source Databricks, "Authentication for working with online stores": an instance profile
 *   overrides the read prefix
 * @example
 * const resolved = await resolveCredentials(decision, store, { secrets });
 */
export async function resolveCredentials(
  decision: Decision,
  store: OnlineStore,
  options: ResolveCredentialsOptions,
): Promise<ResolvedCredentials> {
  checkOptions<ResolveCredentialsOptions>(options, RESOLVE_OPTIONS);
  const { secrets, accept = [], allowSharedCredentials = false } = options;
  if (typeof secrets?.getSecret !== 'function') {
    throw new TypeError('option secrets must be a secret store');
  }
  const wanted = parseOnlineStore(store);
  const use = assertAllowed(copyDecision(decision), wanted, options.action, accept);
  assertSeparate(wanted, use, allowSharedCredentials === true);
  return findInstanceProfile(wanted, use) ?? readCredentials(wanted, use, secrets);
}

/** Each field is read once: what is checked is what was read. */
function copyDecision(decision: Decision): Decision {
  if (typeof decision !== 'object' || decision === null) {
    throw new TypeError('expected a decision of the engine');
  }
  const { actions, permissions, resource, ...rest } = decision;
  if (!Array.isArray(actions) || !Array.isArray(permissions)) {
    throw new TypeError('expected a decision of the engine');
  }
  const copy = { ...resource };
  assertResource(copy);
  return {
    ...rest,
    allowed: rest.allowed === true,
    actions: [...actions],
    permissions: [...permissions],
    resource: copy,
  };
}

function assertAllowed(
  decision: Decision,
  store: OnlineStore,
  action: OnlineAction | undefined,
  accept: readonly UngrantedReason[],
): CredentialUse {
  const use = findUse(decision.actions, action);
  if (!decision.allowed) throw new PermissionDeniedError(decision, explainDenial(decision));
  const { reason, resource } = decision;
  if (
    !isGranted(decision) &&
    !(UNGRANTED.includes(reason) && accept.some((one) => one === reason))
  ) {
    throw refusal(decision, `a decision for the reason ${reason} gives no credentials`);
  }
  if (!holds(store, resource, use)) {
    const what = formatResource(resource);
    throw refusal(decision, `the online store ${quote(store.name)} does not hold ${what}`);
  }
  return use;
}

function isGranted({ reason, permissions }: Decision): boolean {
  return reason === 'granted' && permissions.some(({ granted }) => granted === true);
}

/** The reason of a denial in words: most of the time the authorizer lacks something. */
function explainDenial({ reason, resource }: Decision): string {
  switch (reason) {
    case 'unknown-project':
      return `the authorizer does not know the project ${quote(resource.project ?? '')}. Name it in the \`projects\` of \`createAuthorizer\``;
    case 'unsecured':
      return 'no permission covers it';
    default:
      return `the decision is ${quote(reason)}`;
  }
}

/** What was allowed, and is refused here all the same: a log of refusals has to say why. */
function refusal(decision: Decision, explanation: string): PermissionDeniedError {
  return new PermissionDeniedError(
    Object.freeze({ ...decision, allowed: false, reason: 'denied', explanation }),
    explanation,
  );
}

function findUse(actions: readonly string[], action: OnlineAction | undefined): CredentialUse {
  const online = new Set(actions.filter((one) => USES.has(one)));
  // Of several, the stronger credentials would do for all; which of them are needed only the caller
  // knows.
  const [only, second] = action === undefined ? online : [action];
  const use = only === undefined || second !== undefined ? undefined : USES.get(only);
  if (use !== undefined && online.has(only as string)) return use;
  throw new TypeError(
    second === undefined
      ? 'the decision is not about the action that needs credentials: READ_ONLINE or WRITE_ONLINE'
      : 'the decision is about READ_ONLINE and WRITE_ONLINE: `action` has to say which one needs credentials',
  );
}

function holds(
  { project, views, services }: OnlineStore,
  resource: Resource,
  use: CredentialUse,
): boolean {
  if (resource.project !== project) return false;
  const isAll = views === undefined && services === undefined;
  if (VIEW_TYPES.includes(resource.type)) return isAll || (views?.includes(resource.name) ?? false);
  // Nothing is written to a feature service.
  if (resource.type !== 'FeatureService' || use === 'write') return false;
  return isAll || (services?.includes(resource.name) ?? false);
}

/** Who may only read gets nothing to write with. */
function assertSeparate(store: OnlineStore, use: CredentialUse, mayBeShared: boolean): void {
  if (use === 'write' || mayBeShared || !sharesCredentials(store)) return;
  throw new CredentialUnavailableError(
    `the online store ${quote(store.name)} is read with the credentials that write`,
  );
}

function findInstanceProfile(
  store: OnlineStore,
  use: CredentialUse,
): ResolvedCredentials | undefined {
  if (store.provider !== 'dynamodb') return undefined;
  const { lookup, publish } = profilesInUse(store);
  const instanceProfile = use === 'read' ? lookup : publish;
  if (instanceProfile === undefined) return undefined;
  return Object.freeze({ kind: 'instance-profile', use, store, instanceProfile });
}

async function readCredentials(
  store: OnlineStore,
  use: CredentialUse,
  secrets: SecretStore,
): Promise<ResolvedCredentials> {
  const prefix = use === 'read' ? store.readSecretPrefix : store.writeSecretPrefix;
  if (prefix === undefined) {
    const what = `the online store ${quote(store.name)}`;
    throw new CredentialUnavailableError(`${what} has no credentials to ${use} with`);
  }
  if (store.provider === 'dynamodb') {
    const names = secretNamesOf(store.provider, prefix);
    const [accessKeyId, secretAccessKey] = await Promise.all([
      secrets.getSecret(names.accessKeyId),
      secrets.getSecret(names.secretAccessKey),
    ]);
    return conceal({ kind: 'access-key', use, store }, { accessKeyId, secretAccessKey });
  }
  const names: Readonly<Record<'user' | 'password', SecretName>> = secretNamesOf(
    store.provider,
    prefix,
  );
  const [user, password] = await Promise.all([
    secrets.getSecret(names.user),
    secrets.getSecret(names.password),
  ]);
  return conceal({ kind: 'user-password', use, store }, { user, password });
}
