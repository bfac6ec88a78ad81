import { ConfigInvalidError } from '../../../model/errors.js';
import { isHeaderToken, isLinkLocal, isLoopback, parseSecureAddress } from '../../../net/index.js';

/** Where a managed identity's tokens are asked for. */
export interface IdentityEndpoint {
  readonly kind: 'app-service' | 'arc' | 'imds';
  readonly url: URL;
  readonly apiVersion: string;
  /** Names in lower case. May hold a secret. */
  readonly headers: Readonly<Record<string, string>>;
}

const IMDS = 'http://169.254.169.254/metadata/identity/oauth2/token';
const METADATA = { metadata: 'true' };

/**
 * Finds the endpoint of the place where the program runs.
 *
 * Shape: App Service and container apps set `IDENTITY_ENDPOINT` and `IDENTITY_HEADER`, Azure Arc
 * sets `IDENTITY_ENDPOINT` and `IMDS_ENDPOINT`; else it is the one of virtual machines.
 *
 * @param own an address that takes the place of theirs
 * @throws {@link ConfigInvalidError} when the secret can stand in no header, an address is invalid,
 *   or neither `https:` nor on this machine or its link
 * @source App Service, API version 2019-08-01; Azure Arc, 2020-06-01; virtual machines, 2018-02-01
 */
export function findIdentityEndpoint(
  own: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): IdentityEndpoint {
  const {
    IDENTITY_ENDPOINT: endpoint,
    IDENTITY_HEADER: secret,
    IMDS_ENDPOINT: imds,
    IDENTITY_SERVER_THUMBPRINT: thumbprint,
  } = env;
  if (endpoint && thumbprint) {
    throw new ConfigInvalidError('managed identities of Service Fabric are not supported');
  }
  if (endpoint && secret) {
    if (!isHeaderToken(secret)) {
      throw new ConfigInvalidError('`IDENTITY_HEADER` cannot stand in a header');
    }
    return {
      kind: 'app-service',
      url: parseEndpoint(own ?? endpoint),
      apiVersion: '2019-08-01',
      headers: { 'x-identity-header': secret },
    };
  }
  if (endpoint && imds) {
    const url = parseEndpoint(own ?? endpoint);
    return { kind: 'arc', url, apiVersion: '2020-06-01', headers: METADATA };
  }
  const url = parseEndpoint(own ?? IMDS);
  return { kind: 'imds', url, apiVersion: '2018-02-01', headers: METADATA };
}

function parseEndpoint(text: string): URL {
  // SECURITY: without TLS, a token must not leave the machine or the link to its host.
  const url = parseSecureAddress(text, (found) => isLoopback(found) || isLinkLocal(found));
  if (url !== undefined) return url;
  throw new ConfigInvalidError(
    'the endpoint of managed identities must be `https:`, or `http:` on this machine or its link',
  );
}
