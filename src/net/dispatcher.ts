import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici/index.js';
import { ConfigInvalidError } from '../model/errors.js';
import { isLinkLocal, isLoopback, isOwnCluster } from './addresses.js';
import { addIdentitySecret } from './mask-secrets.js';

/** How servers are known, in terms of `node:tls`. */
export interface TlsOptions {
  readonly rejectUnauthorized: boolean;
  readonly ca?: Buffer | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Creates what opens connections: through the proxy that `HTTPS_PROXY` names, for `https` URLs that
 * `NO_PROXY` does not exclude, and otherwise directly.
 *
 * SECURITY: requests to this machine, its link and the API server of the own cluster carry
 * credentials that only those may see. They never go through a proxy.
 *
 * @throws {@link ConfigInvalidError} if `HTTPS_PROXY` is not an http or https URL
 * @source curl, "ENVIRONMENT": variables in lower case come first; undici 7, `EnvHttpProxyAgent`:
 *   the form of `NO_PROXY`
 */
export function createDispatchers(
  tls: TlsOptions,
  env: Environment = process.env,
): (url: URL) => Dispatcher {
  const connect = { ...tls, timeout: 0 };
  const options = {
    // No connection is kept: requests are minutes apart, and a server must be able to stop.
    pipelining: 0,
    // The caller's signal bounds the whole exchange.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect,
  };
  const direct = new Agent(options);
  const httpsProxy = env['https_proxy'] || env['HTTPS_PROXY'];
  if (!httpsProxy) return () => direct;
  assertProxy(httpsProxy);
  const proxied = new EnvHttpProxyAgent({
    ...options,
    requestTls: connect,
    httpsProxy,
    httpProxy: '',
    noProxy: env['no_proxy'] || env['NO_PROXY'] || '',
  });
  return (url) => {
    const isNear = isLoopback(url) || isLinkLocal(url) || isOwnCluster(url, env);
    return isNear || url.protocol !== 'https:' ? direct : proxied;
  };
}

/** The message holds nothing of the URL, which may contain a password. */
function assertProxy(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new ConfigInvalidError('`HTTPS_PROXY` must be an http or https URL');
  }
  addIdentitySecret(undefined, 'proxy-password', url.password);
  addIdentitySecret(undefined, 'proxy-password', decode(url.password));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
