import type { StoragePipelineOptions } from '@azure/storage-blob';
import { ConfigInvalidError } from '../../model/index.js';
import { addIdentitySecret } from '../../net/index.js';
import { importPeer } from '../import-peer.js';
import type { RegistryContext, RegistryLocation } from '../registry-kind.js';
import type { RegistrySource } from '../registry-source.js';
import { createObjectRegistry } from './create-object-registry.js';
import type { FailureKind, ObjectBody, StoredObject } from './object-store.js';
import { parseObjectUrl } from './parse-object-url.js';

const EXAMPLE = 'https://account.blob.core.windows.net/container/registry.db';
const RIGHT = 'the role Storage Blob Data Reader on the container, or a key in `REGISTRY_BLOB_KEY`';
const AFTER_MISSING =
  'Feast takes a missing blob as a registry that does not exist yet and writes an empty one: turn on versioning of blobs';
const USER = 'a registry in Azure Blob Storage';
const PIPELINE: StoragePipelineOptions = {
  retryOptions: {
    maxTries: 3,
    tryTimeoutInMs: 60_000,
    retryDelayInMs: 250,
    maxRetryDelayInMs: 5000,
  },
};

/** Where a blob is, and the account that it belongs to. */
interface BlobAddress {
  readonly accountUrl: string;
  readonly account: string;
  readonly container: string;
  readonly blob: string;
}

type Blobs = typeof import('@azure/storage-blob');

/**
 * Opens a registry in Azure Blob Storage.
 *
 * The variable `REGISTRY_BLOB_KEY`, an account key or a shared access signature, comes before
 * `DefaultAzureCredential`.
 *
 * @throws {@link ConfigInvalidError} if the section is wrong, or `@azure/storage-blob` or
 *   `@azure/identity` is missing
 * @source Feast 0.67.0, its Azure registry store, and Azure's client for Python: same. Differs: at
 *   an IP address or `localhost`, where emulators listen, the account is the first part of the
 *   path; Feast finds no account there
 */
export async function openAzureRegistry(
  { url = '' }: RegistryLocation,
  { env }: RegistryContext,
): Promise<RegistrySource> {
  const address = parseBlobAddress(url);
  const blobs = await importPeer('@azure/storage-blob', () => import('@azure/storage-blob'), USER);
  const service = await openService(blobs, address, env['REGISTRY_BLOB_KEY']);
  const client = service.getContainerClient(address.container).getBlobClient(address.blob);
  const object: StoredObject = {
    place: `${address.accountUrl}/${address.container}/${address.blob}`,
    store: 'Azure Blob Storage',
    right: RIGHT,
    feastAfter: (kind: FailureKind) => (kind === 'missing' ? AFTER_MISSING : ''),
    get: async (known, abortSignal) => {
      const answer = await client.download(0, undefined, {
        abortSignal,
        maxRetryRequests: 2,
        ...(known !== undefined && { conditions: { ifNoneMatch: known } }),
      });
      const body = answer.readableStreamBody as unknown as ObjectBody;
      return { tag: answer.etag, length: answer.contentLength, body };
    },
  };
  return createObjectRegistry(object);
}

async function openService(
  { BlobServiceClient, StorageSharedKeyCredential, AnonymousCredential }: Blobs,
  { accountUrl, account }: BlobAddress,
  key: string | undefined,
): Promise<InstanceType<Blobs['BlobServiceClient']>> {
  if (key === undefined) {
    const { DefaultAzureCredential } = await importPeer(
      '@azure/identity',
      () => import('@azure/identity'),
      USER,
    );
    return new BlobServiceClient(accountUrl, new DefaultAzureCredential(), PIPELINE);
  }
  addIdentitySecret(undefined, 'registry-blob-key', key);
  const signature = key.replace(/^\?/, '');
  if (new URLSearchParams(signature).has('sig')) {
    const credential = new AnonymousCredential();
    return new BlobServiceClient(`${accountUrl}?${signature}`, credential, PIPELINE);
  }
  const credential = new StorageSharedKeyCredential(account, key);
  return new BlobServiceClient(accountUrl, credential, PIPELINE);
}

/** @throws {@link ConfigInvalidError} */
function parseBlobAddress(url: string): BlobAddress {
  const { scheme, host, port, path } = parseObjectUrl(url, EXAMPLE);
  const origin = `${scheme}://${host}${port}`;
  if (!/^https?$/.test(scheme) || !URL.canParse(origin) || path.includes(';')) throw invalid();
  const isEmulator = host === 'localhost' || /^[\d.]+$/.test(host);
  const [account, ...rest] = isEmulator
    ? path.split('/')
    : [host.split('.')[0], ...path.split('/')];
  const [container, ...names] = rest;
  if (!account || !container || names.join('/') === '') throw invalid();
  const accountUrl = isEmulator ? `${origin}/${account}` : origin;
  return { accountUrl, account, container, blob: names.join('/') };
}

function invalid(): ConfigInvalidError {
  return new ConfigInvalidError(
    `the \`path\` of a registry in Azure Blob Storage must name an account, a container and a blob. Write \`${EXAMPLE}\``,
  );
}
