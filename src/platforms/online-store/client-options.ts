import type {
  AccessKey,
  AccessKeyCredentials,
  InstanceProfileCredentials,
  UserPasswordCredentials,
} from './resolved-credentials.js';

/** Gives credentials of AWS, as the providers of its SDK do. */
export type AwsCredentialProvider = () => Promise<
  AccessKey & { readonly sessionToken?: string; readonly expiration?: Date }
>;

/** Options of `DynamoDBClient` of `@aws-sdk/client-dynamodb`. */
export interface DynamoDbClientOptions {
  /** The AWS region of the store. */
  readonly region: string;
  /** Address of the service. Default: that of the region. */
  readonly endpoint?: string;
  /** Gives the credentials; the secrets are behind this function. */
  readonly credentials: AwsCredentialProvider;
}

/**
 * Options of `createConnection` and `createPool` of `mysql2`. `user` and `password` are not
 * enumerable.
 */
export interface MySqlConnectionOptions {
  /** Host of the database. */
  readonly host: string;
  /** Port of the database. */
  readonly port: number;
  /** Name of the database. */
  readonly database: string;
  /** TLS with a verified certificate and host; missing if the store has `tls: false`. */
  readonly ssl?: {
    readonly ca?: string;
    readonly minVersion: 'TLSv1.2';
    readonly rejectUnauthorized: true;
    readonly verifyIdentity: true;
  };
  /** The user. Not enumerable. */
  readonly user: string;
  /** A secret. Not enumerable. */
  readonly password: string;
}

const DEFAULT_PORT = 3306;

/**
 * The options of a DynamoDB client with resolved credentials.
 *
 * Shape: the secrets are behind a function, as the SDK's own providers are.
 *
 * @param instanceProfile gives the credentials of the instance profile, for example
 * `fromInstanceMetadata()`. Needed where the credentials are one: the default chain of the SDK
 * would rather take stronger ones that lie about in the environment
 * @throws TypeError for credentials of another kind, or without a provider that is needed
 */
export function dynamoDbClientOptions(
  resolved: AccessKeyCredentials | InstanceProfileCredentials,
  instanceProfile?: AwsCredentialProvider,
): DynamoDbClientOptions {
  if (resolved?.store?.provider !== 'dynamodb') throw new TypeError('no credentials for DynamoDB');
  const { region, endpoint } = resolved.store;
  return Object.freeze({
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    credentials: providerOf(resolved, instanceProfile),
  });
}

function providerOf(
  resolved: AccessKeyCredentials | InstanceProfileCredentials,
  instanceProfile: AwsCredentialProvider | undefined,
): AwsCredentialProvider {
  if (resolved.kind === 'access-key') return async () => resolved.reveal();
  if (typeof instanceProfile === 'function') return instanceProfile;
  throw new TypeError('an instance profile needs a provider of its credentials');
}

/**
 * The options of a MySQL connection or pool with resolved credentials, over TLS unless the store
 * says otherwise.
 *
 * Shape: `others` with host, port, database, user, password and TLS of the store. A spread copy
 * loses user and password, which are not enumerable: further options go into `others`.
 *
 * @throws TypeError for credentials of another kind
 * @example
 * const pool = createPool(mysqlConnectionOptions(resolved, { connectionLimit: 4 }));
 */
export function mysqlConnectionOptions<Others extends object = Record<never, never>>(
  resolved: UserPasswordCredentials,
  others?: Others,
): Omit<Others, keyof MySqlConnectionOptions> & MySqlConnectionOptions {
  if (resolved?.kind !== 'user-password') throw new TypeError('no credentials for MySQL');
  const { host, port = DEFAULT_PORT, database, tls } = resolved.store;
  const { ca } = tls || {};
  const options = {
    ...others,
    host,
    port,
    database,
    // mysql2 compares the certificate with the host only where it is told to.
    ssl:
      tls === false
        ? undefined
        : {
            ...(ca === undefined ? {} : { ca }),
            minVersion: 'TLSv1.2',
            rejectUnauthorized: true,
            verifyIdentity: true,
          },
  };
  for (const field of ['user', 'password'] as const) {
    Object.defineProperty(options, field, {
      get: () => resolved.reveal()[field],
      enumerable: false,
    });
  }
  return Object.freeze(options) as unknown as Omit<Others, keyof MySqlConnectionOptions> &
    MySqlConnectionOptions;
}
