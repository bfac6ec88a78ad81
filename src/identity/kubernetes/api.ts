import * as z from 'zod';
import { IdentityInvalidError, IdentityUnavailableError } from '../../model/errors.js';
import type { KubernetesConfig } from './config.js';
import {
  bindingSchema,
  clusterRoleSchema,
  type RbacBinding,
  type RbacClusterRole,
} from './rbac.js';
import { type KubernetesResponse, requestKubernetes } from './request.js';

/** Whom the API server says that a token belongs to. */
export interface ReviewedUser {
  readonly username: string;
  readonly groups: readonly string[];
}

/**
 * The questions that identity asks an API server. All reject with IdentityUnavailableError when it
 * cannot say.
 */
export interface KubernetesApi {
  /**
   * @throws IdentityInvalidError unless the API server says that the token is authentic, and for
   *   one of our audiences
   */
  readonly reviewToken: (token: string) => Promise<ReviewedUser>;
  /** RoleBindings of one namespace, or of all of them. */
  readonly listRoleBindings: (namespace?: string) => Promise<readonly RbacBinding[]>;
  readonly listClusterRoleBindings: () => Promise<readonly RbacBinding[]>;
  readonly listClusterRoles: () => Promise<readonly RbacClusterRole[]>;
}

/** What a {@link KubernetesApi} is made with. */
export interface KubernetesApiOptions {
  readonly config: () => Promise<KubernetesConfig>;
  /** Empty: the audiences of the API server itself. */
  readonly audiences: readonly string[];
  readonly timeoutSeconds: number;
}

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const PAGE_SIZE = 500;
const MAX_PAGES = 100;
const MAX_BYTES = 16 * 1024 * 1024;

const reviewSchema = z.object({
  kind: z.literal('TokenReview'),
  status: z.object({
    authenticated: z.boolean().nullish(),
    error: z.string().nullish(),
    audiences: z.array(z.string()).nullish(),
    user: z
      .object({ username: z.string().nullish(), groups: z.array(z.string()).nullish() })
      .nullish(),
  }),
});

/**
 * Creates the questions, each with its bounds: pages of 500 items, at most 100 of them, at most 16
 * MiB each.
 */
export function createKubernetesApi(options: KubernetesApiOptions): KubernetesApi {
  const limits = { timeoutSeconds: options.timeoutSeconds, maxBytes: MAX_BYTES };

  async function reviewToken(token: string): Promise<ReviewedUser> {
    const { audiences } = options;
    const body = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenReview',
      spec: audiences.length === 0 ? { token } : { token, audiences },
    };
    const path = '/apis/authentication.k8s.io/v1/tokenreviews';
    const response = await requestKubernetes(
      await options.config(),
      { method: 'POST', path, body },
      limits,
    );
    return parseReview(parseAnswer(response, 'create `tokenreviews`', reviewSchema), audiences);
  }

  const list = <Item>(path: string, item: z.ZodType<Item>): Promise<readonly Item[]> =>
    listAll(path, item, async (page) =>
      requestKubernetes(await options.config(), { method: 'GET', path: page }, limits),
    );

  return {
    reviewToken,
    listRoleBindings: (namespace) =>
      namespace === undefined
        ? list('/rolebindings', bindingSchema)
        : list(`/namespaces/${encodeURIComponent(namespace)}/rolebindings`, bindingSchema),
    listClusterRoleBindings: () => list('/clusterrolebindings', bindingSchema),
    listClusterRoles: () => list('/clusterroles', clusterRoleSchema),
  };
}

/** All items of a list, page after page. */
async function listAll<Item>(
  path: string,
  item: z.ZodType<Item>,
  get: (path: string) => Promise<KubernetesResponse>,
): Promise<readonly Item[]> {
  const resource = path.slice(path.lastIndexOf('/') + 1);
  const page = z.object({
    items: z.array(item),
    metadata: z.object({ continue: z.string().nullish() }),
  });
  const items: Item[] = [];
  let next = '';
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const query = next === '' ? '' : `&continue=${encodeURIComponent(next)}`;
    const response = await get(`${RBAC}${path}?limit=${PAGE_SIZE}${query}`);
    const answer = parseAnswer(response, `list \`${resource}\``, page);
    for (const one of answer.items) items.push(one);
    next = answer.metadata.continue ?? '';
    if (next === '') return items;
  }
  throw unavailable(`has more than ${PAGE_SIZE * MAX_PAGES} ${resource}`);
}

/**
 * @throws IdentityInvalidError unless `status.authenticated` is `true`, without an error, for one
 *   of `audiences`, and the user is not the anonymous one
 * @source Kubernetes API reference, TokenReview: who asks for audiences must check that the answer
 *   has one of them, since an authenticator that knows of none leaves them out.
 */
function parseReview(
  { status }: z.output<typeof reviewSchema>,
  audiences: readonly string[],
): ReviewedUser {
  if (status.authenticated !== true || status.error) {
    throw new IdentityInvalidError(reasonOf(status.error ?? ''));
  }
  const known = status.audiences ?? [];
  if (audiences.length > 0 && !audiences.some((audience) => known.includes(audience))) {
    throw new IdentityInvalidError('the token is for another audience (option `audiences`)');
  }
  const { username, groups } = status.user ?? {};
  if (!username) {
    throw new IdentityInvalidError('the Kubernetes API server gives the token no user name');
  }
  // SECURITY: some texts that are not tokens are answered with the anonymous user, as
  // authenticated.
  if (username === 'system:anonymous' || groups?.includes('system:unauthenticated')) {
    throw new IdentityInvalidError('the token is that of the anonymous user');
  }
  return { username, groups: groups ?? [] };
}

/** Why a token was refused. Nothing of the text itself is repeated: it may quote the token. */
function reasonOf(error: string): string {
  if (error.includes('token audiences')) {
    return 'the token is for another audience (option `audiences`)';
  }
  if (error.includes('has expired')) return 'the token has expired';
  if (error.includes('not valid yet')) return 'the token is not valid yet';
  return 'the Kubernetes API server does not accept the token';
}

function parseAnswer<Output>(
  { status, body }: KubernetesResponse,
  right: string,
  schema: z.ZodType<Output>,
): Output {
  if (status === 401) throw unavailable("does not accept this server's own credentials");
  if (status === 403) throw unavailable(`does not let this server ${right}`);
  if (status !== 200 && status !== 201) {
    throw unavailable(`answers ${status} to the request to ${right}`);
  }
  const answer = schema.safeParse(body);
  if (!answer.success) throw unavailable(`answers with something else to the request to ${right}`);
  return answer.data;
}

function unavailable(message: string): IdentityUnavailableError {
  return new IdentityUnavailableError(`the Kubernetes API server ${message}`);
}
