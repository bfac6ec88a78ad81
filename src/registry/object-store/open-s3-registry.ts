import type { GetObjectCommandInput, S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { ConfigInvalidError } from '../../model/index.js';
import { addIdentitySecret } from '../../net/index.js';
import { importPeer } from '../import-peer.js';
import type { RegistryContext, RegistryLocation } from '../registry-kind.js';
import type { RegistrySource } from '../registry-source.js';
import { createObjectRegistry } from './create-object-registry.js';
import type { FailureKind, ObjectBody, StoredObject } from './object-store.js';
import { parseObjectUrl } from './parse-object-url.js';

const EXAMPLE = 's3://bucket/registry.db';
const RIGHT =
  '`s3:GetObject` on the object, and `kms:Decrypt` on its key if it has one. Without `s3:ListBucket` S3 answers the same for an object that does not exist';
const AFTER_FAILURE =
  'Feast takes this failure as a registry that does not exist yet and writes an empty one: keep old versions in the bucket';

/** What `s3_additional_kwargs` says that reading an object needs too. All else is about writing. */
const READ_FIELDS = [
  'SSECustomerAlgorithm',
  'SSECustomerKey',
  'SSECustomerKeyMD5',
  'ExpectedBucketOwner',
  'RequestPayer',
] as const;
const MAX_ATTEMPTS = 3;
/** In which S3 answers for all regions, as boto3 has it. */
const DEFAULT_REGION = 'us-east-1';

/**
 * Opens a registry in Amazon S3, or in a store that speaks its protocol.
 *
 * Credentials come from where the SDKs of AWS look for them.
 *
 * @throws {@link ConfigInvalidError} if the section is wrong, or `@aws-sdk/client-s3` is missing
 * @source Feast 0.67.0, its S3 registry store, and botocore: same address, `FEAST_S3_ENDPOINT_URL`,
 *   addresses by path at an endpoint of one's own, no region needed. Differs: Feast asks for the
 *   bucket first, which needs a right more; and reads without the key of `SSECustomerKey`, so that
 *   it cannot read what it wrote with it
 */
export async function openS3Registry(
  { url = '', options = {} }: RegistryLocation,
  { env }: RegistryContext,
): Promise<RegistrySource> {
  const { scheme, host: bucket, path: key } = parseObjectUrl(url, EXAMPLE);
  if (scheme !== 's3') {
    throw new ConfigInvalidError(
      `the \`path\` of a registry in Amazon S3 must start with \`s3://\`. Write \`${EXAMPLE}\``,
    );
  }
  const input = { Bucket: bucket, Key: key, ...readFields(options['s3_additional_kwargs']) };
  const { S3Client, GetObjectCommand } = await importPeer(
    '@aws-sdk/client-s3',
    () => import('@aws-sdk/client-s3'),
    'a registry in Amazon S3',
  );
  const config = configOf(env);
  const client = await withRegion(new S3Client(config), (region) => {
    return new S3Client({ ...config, region });
  });
  const object: StoredObject = {
    place: `s3://${bucket}/${key}`,
    store: config.endpoint === undefined ? 'Amazon S3' : 'the S3 endpoint',
    right: RIGHT,
    feastAfter: (kind: FailureKind) => (kind === 'credentials' ? '' : AFTER_FAILURE),
    get: async (known, abortSignal) => {
      const condition = known === undefined ? {} : { IfNoneMatch: known };
      const command = new GetObjectCommand({ ...input, ...condition });
      const { ETag, ContentLength, Body } = await client.send(command, { abortSignal });
      return { tag: ETag, length: ContentLength, body: Body as unknown as ObjectBody };
    },
  };
  return createObjectRegistry(object);
}

function configOf(env: RegistryContext['env']): S3ClientConfig {
  const endpoint = env['FEAST_S3_ENDPOINT_URL'] || undefined;
  const region = env['AWS_DEFAULT_REGION'] || env['AWS_REGION'] || undefined;
  return {
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    ...(region !== undefined && { region }),
    followRegionRedirects: true,
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: { connectionTimeout: 10_000, requestTimeout: 60_000 },
  };
}

/** A client without a region refuses to be used. */
async function withRegion(
  client: S3Client,
  inRegion: (region: string) => S3Client,
): Promise<S3Client> {
  try {
    await client.config.region();
    return client;
  } catch {
    return inRegion(DEFAULT_REGION);
  }
}

/** @throws {@link ConfigInvalidError} if it is not a mapping of texts, as Feast demands */
function readFields(given: unknown): Partial<GetObjectCommandInput> {
  if (given === undefined || given === null) return {};
  if (typeof given !== 'object' || Array.isArray(given)) {
    throw new ConfigInvalidError('`registry.s3_additional_kwargs` must be a mapping');
  }
  const fields = Object.entries(given);
  const wrong = fields.find(([, value]) => typeof value !== 'string')?.[0];
  if (wrong !== undefined) {
    throw new ConfigInvalidError(
      `\`${wrong}\` of \`registry.s3_additional_kwargs\` must be a string`,
    );
  }
  const known = fields.filter(([name]) => (READ_FIELDS as readonly string[]).includes(name));
  const read = Object.fromEntries(known) as Partial<GetObjectCommandInput>;
  if (typeof read.SSECustomerKey === 'string') {
    addIdentitySecret(undefined, 'sse-customer-key', read.SSECustomerKey);
  }
  return read;
}
