import { createHash } from 'node:crypto';
import type { OptionNames } from '../../foundation/options.js';
import { TimedCache } from '../../foundation/timed-cache.js';
import { IdentityUnavailableError } from '../../model/errors.js';
import {
  addAcceptedToken,
  MIN_MASKED_SECONDS,
  SECRET_HANDLING_OPTIONS,
  type SecretHandlingOptions,
} from '../../net/index.js';
import { createKubernetesApi, type ReviewedUser } from './api.js';
import {
  assertCredentials,
  currentNamespace,
  type KubernetesConfig,
  loadKubernetesConfig,
} from './config.js';
import {
  type BindingIndex,
  compileBindings,
  findNamespaceGroups,
  type NamespaceGroups,
} from './rbac.js';
import { createReviewQueue } from './review-queue.js';
import { assertReviewable, type ReviewableTokens } from './reviewable-token.js';

/** How an API server is asked about tokens. */
export interface TokenReviewOptions extends SecretHandlingOptions {
  /**
   * How to reach the API server: a `KubeConfig` of `@kubernetes/client-node`, or the file of one.
   * Without it: what `KUBECONFIG` names, `~/.kube/config`, or the service account of the pod.
   */
  readonly kubeConfig?: KubernetesConfig | string | undefined;
  /** A token must be for one of these audiences. Without any: for the API server itself. */
  readonly audiences?: readonly string[] | undefined;
  /**
   * Whether tokens are reviewed that are not JSON Web Tokens, such as those of a static token file,
   * a webhook or OpenShift. Default: `false`, they are refused without asking.
   */
  readonly opaqueTokens?: boolean | undefined;
  /** Tokens of other issuers are refused without a review. Default: any issuer. */
  readonly issuers?: readonly string[] | undefined;
  /**
   * How long an answer is reused, in seconds; a deleted account may go on for that long. Default
   * 10, at most 300.
   */
  readonly cacheSeconds?: number | undefined;
  /** How long one question may take, in seconds. Default 10. */
  readonly requestTimeoutSeconds?: number | undefined;
  /** How many tokens are remembered, and may be checked at the same time. Default 10,000. */
  readonly maxTokens?: number | undefined;
}

export const TOKEN_REVIEW_OPTIONS: OptionNames<TokenReviewOptions> = {
  ...SECRET_HANDLING_OPTIONS,
  kubeConfig: true,
  audiences: true,
  opaqueTokens: true,
  issuers: true,
  cacheSeconds: true,
  requestTimeoutSeconds: true,
  maxTokens: true,
};

/** What is known of a cluster, each part at most as old as the cache allows. */
export interface KubernetesCluster {
  /** @throws IdentityInvalidError when the token is not accepted */
  readonly review: (token: string) => Promise<ReviewedUser>;
  /** RoleBindings of one namespace; `undefined`: of all of them. */
  readonly roleBindings: (namespace: string | undefined) => Promise<BindingIndex>;
  readonly clusterRoleBindings: () => Promise<BindingIndex>;
  readonly namespaceGroups: () => Promise<NamespaceGroups>;
  /** The namespace that this server runs in. */
  readonly ownNamespace: () => Promise<string>;
  /** Empties the caches. */
  readonly forget: () => void;
}

/**
 * How many reviews of tokens that were accepted before may be on their way: each takes a
 * connection.
 */
const MAX_REVIEWS = 500;
/**
 * The same for tokens that were not, and how many more may wait. A refused one keeps its place for
 * 10 s.
 */
const STRANGERS = { slots: 100, maxWaiting: 1000, failurePauseSeconds: 10 };
const MAX_NAMESPACES = 10_000;
const MAX_LISTS = 100;
/** A token is masked for as long after its last review, if it does not end before. */
const MAX_SECRET_SECONDS = 3600;

/**
 * Creates the view of a cluster, with its caches.
 *
 * @throws TypeError for options of a wrong type or out of their range
 */
export function createKubernetesCluster(options: TokenReviewOptions): KubernetesCluster {
  const { timeToLive, maxTokens, now, timeoutSeconds, audiences, rules } = readOptions(options);
  const config = configLoader(options.kubeConfig);
  const api = createKubernetesApi({ config, audiences, timeoutSeconds });
  const common = { timeToLive, now, maxLoads: MAX_LISTS, tooManyLoads, isOutage };
  const strangers = createReviewQueue({ ...STRANGERS, maxWaitSeconds: timeoutSeconds });
  const reviews = new TimedCache<ReviewedUser & { readonly end: number }>({
    ...common,
    maxEntries: maxTokens,
    maxLoads: MAX_REVIEWS + STRANGERS.slots + STRANGERS.maxWaiting,
    endOf: ({ end }) => end,
  });
  const bindings = new TimedCache<BindingIndex>({ ...common, maxEntries: MAX_NAMESPACES });
  const clusterBindings = new TimedCache<BindingIndex>({ ...common, maxEntries: 1 });
  const clusterGroups = new TimedCache<NamespaceGroups>({ ...common, maxEntries: 1 });
  return {
    review: async (token) => {
      const key = createHash('sha256').update(token).digest('base64');
      return reviews.get(key, async (isKnown) => {
        const end = assertReviewable(token, rules, now());
        const review = async (): Promise<ReviewedUser & { readonly end: number }> => {
          const user = await api.reviewToken(token);
          const remaining = Math.max((end - now()) / 1000, MIN_MASKED_SECONDS);
          const lifetimeSeconds = Math.min(remaining, MAX_SECRET_SECONDS);
          addAcceptedToken(options.redaction, token, lifetimeSeconds);
          return { ...user, end };
        };
        return isKnown ? review() : strangers.run(review);
      });
    },
    roleBindings: (namespace) =>
      bindings.get(namespace ?? '', async () =>
        compileBindings(await api.listRoleBindings(namespace)),
      ),
    clusterRoleBindings: () =>
      clusterBindings.get('', async () => compileBindings(await api.listClusterRoleBindings())),
    namespaceGroups: () =>
      clusterGroups.get('', async () => {
        const lists = [api.listClusterRoleBindings(), api.listClusterRoles()] as const;
        return findNamespaceGroups(...(await Promise.all(lists)));
      }),
    ownNamespace: async () => currentNamespace(await config()),
    forget: () => {
      strangers.close();
      for (const cache of [reviews, bindings, clusterBindings, clusterGroups]) cache.clear();
    },
  };
}

/** Loads the configuration once; a failure is tried again. */
function configLoader(
  source: KubernetesConfig | string | undefined,
): () => Promise<KubernetesConfig> {
  if (typeof source === 'object') {
    assertCredentials(source);
    return async () => source;
  }
  let loaded: Promise<KubernetesConfig> | undefined;
  return () => {
    loaded ??= loadKubernetesConfig(source).catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
}

function tooManyLoads(): IdentityUnavailableError {
  return new IdentityUnavailableError('too many identities are being checked at the same time');
}

/** What cannot be loaded now may be what it was. Any other failure is an answer. */
function isOutage(error: unknown): boolean {
  return error instanceof IdentityUnavailableError;
}

function readOptions(options: TokenReviewOptions): {
  readonly timeToLive: number;
  readonly maxTokens: number;
  readonly now: () => number;
  readonly timeoutSeconds: number;
  readonly audiences: readonly string[];
  readonly rules: ReviewableTokens;
} {
  const { opaqueTokens = false, now = Date.now } = options;
  if (typeof opaqueTokens !== 'boolean') throw new TypeError('opaqueTokens must be a boolean');
  return {
    timeToLive: numberIn('cacheSeconds', options.cacheSeconds ?? 10, 0, 300) * 1000,
    maxTokens: numberIn('maxTokens', options.maxTokens ?? 10_000, 1, 1_000_000),
    timeoutSeconds: numberIn(
      'requestTimeoutSeconds',
      options.requestTimeoutSeconds ?? 10,
      0.001,
      3600,
    ),
    audiences: namesIn('audiences', options.audiences),
    rules: { opaqueTokens, issuers: namesIn('issuers', options.issuers) },
    now,
  };
}

function namesIn(name: string, list: readonly string[] = []): readonly string[] {
  if (!Array.isArray(list) || list.some((one) => typeof one !== 'string' || one === '')) {
    throw new TypeError(`${name} must be an array of non-empty strings`);
  }
  return [...list];
}

function numberIn(name: string, value: unknown, least: number, most: number): number {
  if (typeof value === 'number' && value >= least && value <= most) return value;
  throw new TypeError(`${name} must be a number from ${least} to ${most}`);
}
