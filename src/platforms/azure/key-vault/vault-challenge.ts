import { CredentialUnavailableError } from '../../../model/errors.js';
import type { VaultAddress } from './vault-address.js';

/** What a vault wants a token for. */
export interface VaultAudience {
  readonly resource: string;
  /** The tenant that it trusts, where it says so. */
  readonly tenantId?: string | undefined;
}

const MAX_LENGTH = 4096;
const PARAMETER = /[\s,]*([a-z_]+)="([^"]*)"/iy;
const TENANT = /^\/([\w.-]{1,255})\/?$/;

/**
 * Reads what a vault answered to a request without a token that it takes.
 *
 * SECURITY: what a challenge asks for is only granted within what is known of the vault: a resource
 * that is not Key Vault's would make a token for something else and hand it to the server that
 * answered.
 *
 * @param header `WWW-Authenticate`, for example `Bearer
 *   authorization="https://login.microsoftonline.com/<tenant>", resource="https://vault.azure.net"`
 * @throws {@link CredentialUnavailableError} when it asks for another resource, or names an
 *   authority that is not the cloud's
 * @source Key Vault, "authentication, requests and responses"; Azure's SDK checks the resource in
 *   the same way
 */
export function readVaultChallenge(
  header: string | undefined,
  { resources, authorities }: VaultAddress,
): VaultAudience {
  const parameters = parseParameters(header);
  const authorization = parameters?.get('authorization') ?? parameters?.get('authorization_uri');
  const asked = parameters?.get('resource') ?? parameters?.get('scope')?.replace('/.default', '');
  if (authorization === undefined || asked === undefined) {
    throw new CredentialUnavailableError(
      'the vault refuses the token and does not say which one it accepts',
    );
  }
  const resource = resources.find((known) => known === asked.replace(/\/$/, ''));
  if (resource === undefined) {
    throw new CredentialUnavailableError('the vault asks for a token that is not for a vault');
  }
  const authority = URL.canParse(authorization) ? new URL(authorization) : undefined;
  if (authority?.protocol !== 'https:' || !authorities.has(authority.host)) {
    throw new CredentialUnavailableError('the vault names an authority of another cloud');
  }
  return { resource, tenantId: TENANT.exec(authority.pathname)?.[1] };
}

/** `undefined` for another challenge, and for one with repeated fields. */
function parseParameters(header: string | undefined): ReadonlyMap<string, string> | undefined {
  if (header === undefined || header.length > MAX_LENGTH || !/^Bearer\s/i.test(header)) {
    return undefined;
  }
  const parameters = new Map<string, string>();
  PARAMETER.lastIndex = 'Bearer'.length;
  for (let found = PARAMETER.exec(header); found !== null; found = PARAMETER.exec(header)) {
    const [, name = '', value = ''] = found;
    if (parameters.has(name.toLowerCase())) return undefined;
    parameters.set(name.toLowerCase(), value);
  }
  return parameters;
}
