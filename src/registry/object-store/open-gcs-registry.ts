import { waitFor } from '../../foundation/abort.js';
import { ConfigInvalidError } from '../../model/index.js';
import { importPeer } from '../import-peer.js';
import type { RegistryContext, RegistryLocation } from '../registry-kind.js';
import type { RegistrySource } from '../registry-source.js';
import { createObjectRegistry } from './create-object-registry.js';
import type { FailureKind, StoredObject } from './object-store.js';
import { parseObjectUrl } from './parse-object-url.js';

const EXAMPLE = 'gs://bucket/registry.db';
const RIGHT =
  '`storage.objects.get` on the object (the role Storage Object Viewer). Without `storage.objects.list` the store answers the same for an object that does not exist';
const AFTER_MISSING =
  'Feast takes a missing object as a registry that does not exist yet and writes an empty one: keep old versions in the bucket';

const RETRIES = { maxRetries: 2, retryDelayMultiplier: 1, maxRetryDelay: 2, totalTimeout: 60 };

/**
 * Opens a registry in Google Cloud Storage.
 *
 * Credentials are Application Default Credentials. `STORAGE_EMULATOR_HOST` names an emulator, which
 * is asked without any.
 *
 * @throws {@link ConfigInvalidError} if the section is wrong, or `@google-cloud/storage` is missing
 * @source Feast 0.67.0, its GCS registry store: same. Differs: Feast asks for the bucket first,
 *   which needs a right more. The client for Node.js takes the variable for the whole address of
 *   the API, and the client for Python for the beginning of it, as here
 */
export async function openGcsRegistry(
  { url = '' }: RegistryLocation,
  { env }: RegistryContext,
): Promise<RegistrySource> {
  const { scheme, host: bucket, path } = parseObjectUrl(url, EXAMPLE);
  if (scheme !== 'gs') {
    throw new ConfigInvalidError(
      `the \`path\` of a registry in Google Cloud Storage must start with \`gs://\`. Write \`${EXAMPLE}\``,
    );
  }
  const { Storage } = await importPeer(
    '@google-cloud/storage',
    () => import('@google-cloud/storage'),
    'a registry in Google Cloud Storage',
  );
  const storage = new Storage({ retryOptions: RETRIES, timeout: 60_000 });
  const emulator = env['STORAGE_EMULATOR_HOST'];
  if (emulator && /^[^/]*:\/\/[^/]*\/?$/.test(emulator)) {
    storage.baseUrl = `${emulator.replace(/\/$/, '')}/storage/v1`;
  }
  const file = storage.bucket(bucket).file(path);
  const object: StoredObject = {
    place: `gs://${bucket}/${path}`,
    store: 'Google Cloud Storage',
    right: RIGHT,
    feastAfter: (kind: FailureKind) => (kind === 'missing' ? AFTER_MISSING : ''),
    get: async (known, signal) => {
      // Before the content: a change between the two is seen at the next look.
      const [{ generation, size, contentEncoding }] = await waitFor(file.getMetadata(), signal);
      const tag = generation === undefined ? undefined : String(generation);
      if (known !== undefined && tag === known) return undefined;
      const isEncoded = contentEncoding !== undefined && contentEncoding !== '';
      const length = isEncoded || size === undefined ? undefined : Number(size);
      return { tag, length, body: file.createReadStream({ validation: 'crc32c' }) };
    },
  };
  return createObjectRegistry(object);
}
