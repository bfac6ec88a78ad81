import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import type {
  ChannelCredentials,
  Client,
  Metadata,
  ServiceError,
  VerifyOptions,
} from '@grpc/grpc-js';
import { waitFor } from '../../foundation/abort.js';
import { errorCode } from '../../foundation/error-code.js';
import { ConfigInvalidError } from '../../model/index.js';
import { MAX_REGISTRY_BYTES } from '../file/read-registry-file.js';
import { importPeer } from '../import-peer.js';
import type { RemoteAddress, RemoteTls } from './parse-remote-address.js';
import { RemoteCallError } from './remote-call-error.js';
import { readTlsFiles } from './tls-files.js';

/** Calls of one read of a registry server. */
export interface RegistryClient {
  /**
   * Calls a method of Feast's registry service.
   *
   * @returns rejects with {@link RemoteCallError} if the answer is an error, and with the signal's
   *   reason
   */
  readonly call: (method: string, request: Uint8Array, signal: AbortSignal) => Promise<Uint8Array>;
  readonly close: () => void;
}

/** Each time, as the server reads its whole registry for a list. */
const DEADLINE_MS = 120_000;
/** Belongs to no server. */
const ADDRESS_NAME = 'address.invalid';
const SERVICE = '/feast.registry.RegistryServer/';

/** @throws ConfigInvalidError if `@grpc/grpc-js` is missing */
export async function importGrpc(): Promise<typeof import('@grpc/grpc-js')> {
  const user = 'a registry of the type `remote`';
  return await importPeer('@grpc/grpc-js', () => import('@grpc/grpc-js'), user);
}

/**
 * Opens a connection to a registry server, for the calls of one read.
 *
 * @param token sent with every call. Undefined: none
 * @throws ConfigInvalidError if a file of certificates cannot be read, or `@grpc/grpc-js` is
 *   missing
 */
export async function openRegistryClient(
  address: RemoteAddress,
  token: string | undefined,
): Promise<RegistryClient> {
  const grpc = await importGrpc();
  const { tls } = address;
  const credentials = tls === undefined ? grpc.credentials.createInsecure() : secured(grpc, tls);
  const client = new grpc.Client(address.target, credentials, {
    'grpc.max_receive_message_length': MAX_REGISTRY_BYTES,
    // SECURITY: what a name server says changes nothing about calls.
    'grpc.service_config_disable_resolution': 1,
    // SECURITY: a proxy sees what is sent without TLS.
    'grpc.enable_http_proxy': tls !== undefined && !address.isLoopback ? 1 : 0,
    'grpc.use_local_subchannel_pool': 1,
    ...(tls !== undefined && { 'grpc.ssl_target_name_override': nameOf(tls) }),
    ...(tls?.authority !== undefined && { 'grpc.default_authority': tls.authority }),
  });
  const metadata = new grpc.Metadata();
  if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
  return {
    call: (method, request, signal) => call(client, metadata, method, request, signal),
    close: () => client.close(),
  };
}

/**
 * The name that a server is told, so that it chooses its certificate. Node.js 26 does not connect
 * where that is an IP address, which grpc-js would tell.
 */
function nameOf({ serverName }: RemoteTls): string {
  return isIP(serverName) === 0 ? serverName : ADDRESS_NAME;
}

function secured(
  { credentials }: typeof import('@grpc/grpc-js'),
  tls: RemoteTls,
): ChannelCredentials {
  const { roots, key, certificate } = readTlsFiles(tls);
  const isName = isIP(tls.serverName) === 0;
  const verify: VerifyOptions = isName
    ? {}
    : { checkServerIdentity: (_, peer) => checkServerIdentity(tls.serverName, peer) };
  try {
    return credentials.createSsl(roots, key, certificate, verify);
  } catch (error) {
    throw new ConfigInvalidError(
      `the certificates or the key of the registry cannot be used (${errorCode(error)}). They must be in PEM`,
    );
  }
}

async function call(
  client: Client,
  metadata: Metadata,
  method: string,
  request: Uint8Array,
  signal: AbortSignal,
): Promise<Uint8Array> {
  signal.throwIfAborted();
  let cancel = (): void => {};
  const answered = new Promise<Uint8Array>((resolve, reject) => {
    const receive = (error: ServiceError | null, answer?: Uint8Array): void => {
      if (error !== null) reject(new RemoteCallError(method, error.code, error.details));
      else resolve(answer ?? new Uint8Array());
    };
    const pending = client.makeUnaryRequest(
      `${SERVICE}${method}`,
      (bytes: Uint8Array) => Buffer.from(bytes),
      (bytes: Buffer): Uint8Array => bytes,
      request,
      metadata,
      { deadline: Date.now() + DEADLINE_MS },
      receive,
    );
    cancel = () => pending.cancel();
  });
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await waitFor(answered, signal);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}
