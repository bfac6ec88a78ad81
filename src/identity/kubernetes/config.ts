import type { RequestOptions } from 'node:https';
import { ConfigInvalidError, quote } from '../../model/errors.js';

/**
 * What is needed of a `KubeConfig` of `@kubernetes/client-node` (1 or 2): hand in your own, or one
 * like it.
 */
export interface KubernetesConfig {
  /** Name of the current context. */
  getCurrentContext(): string;
  /** The context of that name. */
  getContextObject(name: string): { readonly namespace?: string } | null;
  /** The cluster of the current context. */
  getCurrentCluster(): KubernetesCluster | null;
  /** The user of the current context. Without this function, its credentials are not looked at. */
  getCurrentUser?(): object | null;
  /** Adds the certificates and the credentials of the current user to `options`. */
  applyToHTTPSOptions(options: RequestOptions): Promise<void>;
}

/** The API server that a kubeconfig names. */
export interface KubernetesCluster {
  /** For instance `https://10.0.0.1:6443`; may have a path. */
  readonly server: string;
  readonly skipTLSVerify?: boolean;
  readonly proxyUrl?: string;
}

/**
 * Finds how to reach the API server: the file that `KUBECONFIG` names, `~/.kube/config`, or the
 * service account of the pod, in this order.
 *
 * @param file a kubeconfig to read instead
 * @throws ConfigInvalidError if none exists, when it cannot be read, or when the optional package
 *   `@kubernetes/client-node` is missing.
 * @source client-go and `@kubernetes/client-node`: same order. Differs: they fall back to
 *   `http://localhost:8080`, where anybody may listen; we refuse.
 */
export async function loadKubernetesConfig(file?: string): Promise<KubernetesConfig> {
  const { KubeConfig } = await importClient();
  const config = new KubeConfig();
  try {
    if (file === undefined) config.loadFromDefault();
    else config.loadFromFile(file);
  } catch (cause) {
    const name = file === undefined ? 'of the default place' : quote(file);
    throw new ConfigInvalidError(
      `the kubeconfig ${name} cannot be read (${(cause as Error).name})`,
      {},
    );
  }
  currentCluster(config);
  assertCredentials(config);
  return config;
}

/** Members of a kubeconfig's user by which it can authenticate. */
const CREDENTIALS = [
  'token',
  'certData',
  'certFile',
  'keyData',
  'keyFile',
  'username',
  'authProvider',
  'exec',
];

/**
 * Checks that the current user has some credentials: without, the API server takes this server for
 * the anonymous user and answers every question with a right that is missing.
 *
 * @throws ConfigInvalidError when it has none
 */
export function assertCredentials(config: KubernetesConfig): void {
  if (typeof config.getCurrentUser !== 'function') return;
  const user = new Map(Object.entries(config.getCurrentUser() ?? {}));
  if (CREDENTIALS.some((name) => Boolean(user.get(name)))) return;
  throw new ConfigInvalidError(
    'the kubeconfig has no credentials for the user of its current context: give it a token, a client certificate or a credential plugin',
  );
}

/**
 * The API server of the current context.
 *
 * @throws ConfigInvalidError if none exists, or when it would be asked without TLS though the
 *   kubeconfig does not say `insecure-skip-tls-verify`: the server that answers there decides who
 *   every caller is.
 */
export function currentCluster(config: KubernetesConfig): KubernetesCluster {
  const cluster = config.getCurrentCluster();
  if (cluster === null || !URL.canParse(cluster.server)) {
    throw new ConfigInvalidError('the kubeconfig names no API server for its current context');
  }
  const { protocol } = new URL(cluster.server);
  if (protocol === 'https:' || (protocol === 'http:' && cluster.skipTLSVerify === true)) {
    return cluster;
  }
  throw new ConfigInvalidError(
    'no API server is configured with TLS: outside a pod, set `KUBECONFIG` or pass `kubeConfig`',
  );
}

/**
 * The namespace of the current context: the pod's own in a pod, and `default` where none is set.
 */
export function currentNamespace(config: KubernetesConfig): string {
  return config.getContextObject(config.getCurrentContext())?.namespace?.trim() || 'default';
}

/**
 * The package is large and needed by those only who ask a Kubernetes API server: it is loaded when
 * they do.
 */
async function importClient(): Promise<typeof import('@kubernetes/client-node')> {
  try {
    return await import('@kubernetes/client-node');
  } catch (cause) {
    throw new ConfigInvalidError(
      'authentication by Kubernetes needs the package `@kubernetes/client-node`, which cannot be loaded: run `npm install @kubernetes/client-node@1` (its version 2 needs Node 22.19 or newer)',
      {},
      { cause },
    );
  }
}
