import type { AuthConfig } from '../../config/index.js';
import { createTokenSource, type TokenSource } from '../../identity/index.js';
import { isAuthzError, RegistryUnavailableError } from '../../model/index.js';
import type { RegistryContext, RegistryLocation } from '../registry-kind.js';
import type { RegistrySource } from '../registry-source.js';
import { createRemoteRegistry, type RemoteServer } from './create-remote-registry.js';
import { type OwnAccount, parseOwnAccount, readOwnAccount } from './own-account.js';
import { parseRemoteAddress } from './parse-remote-address.js';
import { importGrpc, openRegistryClient } from './registry-client.js';
import { MAX_HEADER_BYTES, tokenTooLong } from './remote-call-error.js';

/** Bytes that the other headers of a call have, with what each counts besides its text. */
const OTHER_HEADERS_BYTES = 640;

/**
 * Opens the registry that a server of Feast serves over gRPC.
 *
 * The `auth` section says how this client makes itself known to the server. What the server knows
 * it by is in its token, or in the field `account` of the `registry` section.
 *
 * @throws ConfigInvalidError if a field is wrong, or `@grpc/grpc-js` is missing
 * @source Feast 0.67.0, its remote registry: same address, TLS and tokens
 */
export async function openRemoteRegistry(
  location: RegistryLocation,
  context: RegistryContext,
): Promise<RegistrySource> {
  const source = remoteRegistry(location, context);
  await importGrpc();
  return source;
}

/** The same, without a look at the package that reading needs. */
export function remoteRegistry(
  location: RegistryLocation,
  { env, project, auth = { type: 'no_auth' } }: RegistryContext,
): RegistrySource {
  const address = parseRemoteAddress(location, { env });
  const account = parseOwnAccount(location.options?.['account']);
  const place = `registry server ${address.target}`;
  const tokens = auth.type === 'no_auth' ? undefined : createTokenSource(auth, { env });
  const server: RemoteServer = {
    place,
    project,
    warnings:
      tokens !== undefined && address.tls === undefined && !address.isLoopback
        ? [`${place} is asked without TLS: the token of this account can be read on the way`]
        : [],
    connect: async () => {
      if (tokens === undefined) {
        return { client: await openRegistryClient(address, undefined), account: undefined };
      }
      const token = await tokenOf(place, tokens);
      return {
        client: await openRegistryClient(address, token),
        account: accountOf(account, token, auth),
        refuse: () => tokens.invalidate(token),
      };
    },
  };
  return createRemoteRegistry(server);
}

function accountOf(given: OwnAccount | undefined, token: string, auth: AuthConfig): OwnAccount {
  return given ?? readOwnAccount(token, auth);
}

async function tokenOf(place: string, tokens: TokenSource): Promise<string> {
  let token: string;
  try {
    token = await tokens.getToken();
  } catch (error) {
    if (!isAuthzError(error)) throw error;
    throw new RegistryUnavailableError(`${place} cannot be read: ${error.message}`, {
      reason: 'credentials',
      cause: error,
    });
  }
  // Refused here: servers take such tokens at random, and drop the connection for longer ones.
  if (Buffer.byteLength(token) + OTHER_HEADERS_BYTES > MAX_HEADER_BYTES) throw tokenTooLong(place);
  return token;
}
