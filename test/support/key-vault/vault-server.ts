import type { TestCertificate } from './certificates.js';
import {
  type Answer,
  type LoopbackServer,
  type ReceivedRequest,
  startLoopbackServer,
} from './loopback-server.js';
import type { TokenBook } from './token-book.js';

/** A secret in the vault: its versions, the newest last. */
export interface StoredSecret {
  readonly versions: readonly { readonly id: string; readonly value: string }[];
  readonly contentType?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly attributes?: Readonly<Record<string, unknown>> | undefined;
  readonly disabled?: boolean | undefined;
}

/**
 * The read side of Key Vault's REST API on the loopback interface, written from its documentation:
 * the challenge, the path with and without a version, the bodies of errors. Not there: writing,
 * listing, deleted secrets.
 */
export interface VaultServer extends LoopbackServer {
  readonly secrets: Map<string, StoredSecret>;
  /** Clients that may read. */
  readonly readers: Set<string>;
}

export interface VaultOptions {
  readonly certificate: TestCertificate;
  readonly tokens: TokenBook;
  /** In the challenge; Azure's own unless given. */
  readonly authority?: string | undefined;
  readonly resource?: string | undefined;
}

const VERSION = /^[0-9a-f]{32}$/i;

export async function startVaultServer(options: VaultOptions): Promise<VaultServer> {
  const secrets = new Map<string, StoredSecret>();
  const readers = new Set<string>();
  const { tokens, resource = 'https://vault.azure.net' } = options;
  const { authority = 'https://login.microsoftonline.com/test-tenant' } = options;

  const refuseToken = (message: string): Answer => ({
    status: 401,
    headers: {
      'www-authenticate': `Bearer authorization="${authority}", resource="${resource}"`,
    },
    body: { error: { code: 'Unauthorized', message } },
  });
  const answer = (request: ReceivedRequest): Answer => {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) return refuseToken('AKV10000: Request is missing a Bearer token.');
    const grant = tokens.find(token);
    if (grant === undefined) return refuseToken('AKV10032: Invalid token.');
    if (grant.resource !== resource) return refuseToken('AKV10022: Invalid audience.');
    if (!readers.has(grant.clientId)) return forbid('ForbiddenByRbac');
    return readSecret(request, secrets);
  };
  const server = await startLoopbackServer(options.certificate, answer);
  return { ...server, secrets, readers };
}

function readSecret(
  { method, url }: ReceivedRequest,
  secrets: ReadonlyMap<string, StoredSecret>,
): Answer {
  const [, name = '', version = ''] =
    /^\/+secrets\/([0-9A-Za-z-]{1,127})(?:\/(.*))?$/.exec(url.pathname) ?? [];
  if (method !== 'GET' || name === '') return refuse(404, 'NotFound');
  if (!url.searchParams.has('api-version')) return refuse(400, 'BadParameter');
  if (version !== '' && !VERSION.test(version)) return refuse(400, 'BadParameter');
  const secret = secrets.get(name.toLowerCase());
  const found =
    version === ''
      ? secret?.versions.at(-1)
      : secret?.versions.find(({ id }) => id === version.toLowerCase());
  if (secret === undefined || found === undefined) return refuse(404, 'SecretNotFound');
  if (secret.disabled) return forbid('SecretDisabled');
  return {
    status: 200,
    body: {
      value: found.value,
      ...(secret.contentType === undefined ? {} : { contentType: secret.contentType }),
      id: `https://${url.host}/secrets/${name}/${found.id}`,
      attributes: { enabled: true, created: 1_700_000_000, ...secret.attributes },
      ...(secret.tags === undefined ? {} : { tags: secret.tags }),
    },
  };
}

function forbid(innerCode: string): Answer {
  const error = {
    code: 'Forbidden',
    message: 'Caller is not authorized to perform action on resource.',
    innererror: { code: innerCode },
  };
  return { status: 403, body: { error } };
}

function refuse(status: number, code: string): Answer {
  return { status, body: { error: { code, message: `${code}: see the documentation` } } };
}
