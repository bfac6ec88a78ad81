import * as z from 'zod';
import { ConfigInvalidError, quote, throwCollected } from '../../model/index.js';
import { readSecretPrefix } from './secret-prefix.js';

interface OnlineStoreParts {
  /** For messages. */
  readonly name: string;
  /** The project whose feature values it holds; the implicit project unless given. */
  readonly project?: string | undefined;
  /**
   * Names of the feature views that it holds; all views and feature services of the project where
   * neither list is given.
   */
  readonly views?: readonly string[] | undefined;
  /** Names of the feature services that are answered from it. */
  readonly services?: readonly string[] | undefined;
  /** `SCOPE/PREFIX` of the credentials that may only read. */
  readonly readSecretPrefix?: string | undefined;
  /** `SCOPE/PREFIX` of the credentials that may write. */
  readonly writeSecretPrefix?: string | undefined;
}

/** ARNs of instance profiles that authenticate without secrets. */
export interface InstanceProfiles {
  /** Of what looks features up; comes before `readSecretPrefix`. */
  readonly lookup?: string | undefined;
  /** Profile of the publisher; used without `writeSecretPrefix`. */
  readonly publish?: string | undefined;
}

/** An online store in DynamoDB. */
export interface DynamoDbStore extends OnlineStoreParts {
  readonly provider: 'dynamodb';
  readonly region: string;
  /** Address of the service; that of the region unless given. */
  readonly endpoint?: string | undefined;
  readonly instanceProfiles?: InstanceProfiles | undefined;
}

/** An online store in MySQL. */
export interface MySqlStore extends OnlineStoreParts {
  readonly provider: 'aurora-mysql' | 'rds-mysql';
  readonly host: string;
  /** 3306 unless given. */
  readonly port?: number | undefined;
  readonly database: string;
  /** TLS, unless it is `false`; with certificates to trust (PEM) in place of those of Node.js. */
  readonly tls?: false | { readonly ca?: string | undefined } | undefined;
}

/** An online store, and where its credentials are; never a credential itself. */
export type OnlineStore = DynamoDbStore | MySqlStore;

const text = z
  .string({ error: ({ input }) => (input === undefined ? 'is missing' : 'must be a string') })
  .min(1, 'is empty');
const names = z.array(text, { error: 'must be a list' }).readonly().optional();
const secretPrefix = text
  .refine((value) => readSecretPrefix(value) !== undefined, 'must be `SCOPE/PREFIX`')
  .optional();

const parts = {
  name: text,
  project: text.optional(),
  views: names,
  services: names,
  readSecretPrefix: secretPrefix,
  writeSecretPrefix: secretPrefix,
};

const dynamoDbSchema = z.strictObject({
  ...parts,
  provider: z.literal('dynamodb'),
  region: text.regex(/^[a-z0-9-]{1,32}$/, 'is not the name of a region'),
  endpoint: text.refine(isHttpAddress, 'must be an http or https address').optional(),
  instanceProfiles: z
    .strictObject({ lookup: text.optional(), publish: text.optional() })
    .readonly()
    .optional(),
});

const mySqlSchema = z.strictObject({
  ...parts,
  provider: z.enum(['aurora-mysql', 'rds-mysql']),
  host: text,
  port: z.number().int().min(1).max(65_535).optional(),
  database: text,
  tls: z
    .union([z.literal(false), z.strictObject({ ca: text.optional() }).readonly()], {
      error: 'must be false, or an object with `ca`',
    })
    .optional(),
});

const schema = z
  .discriminatedUnion('provider', [dynamoDbSchema, mySqlSchema], {
    error: 'must be `dynamodb`, `aurora-mysql` or `rds-mysql`',
  })
  .readonly();

/** What was checked and frozen before, and need not be again. */
const parsed = new WeakSet<object>();

/**
 * Checks the description of an online store, from code or from a file.
 *
 * Shape: a frozen copy. A field that is not known is refused: credentials have no place in it.
 *
 * @throws {@link ConfigInvalidError} with all problems in its `errors`
 */
export function parseOnlineStore(input: unknown): OnlineStore {
  if (typeof input === 'object' && input !== null && parsed.has(input)) return input as OnlineStore;
  const result = schema.safeParse(input);
  if (result.success) {
    parsed.add(result.data);
    return result.data;
  }
  const owner = nameOf(input);
  const errors = result.error.issues.flatMap((issue) => {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : [undefined];
    return keys.map((key) => {
      const path = [...issue.path, ...(key === undefined ? [] : [key])].map(String).join('.');
      const problem = key === undefined ? issue.message : 'is not a known field here';
      return new ConfigInvalidError(
        `online store${owner}: ${path === '' ? '' : `${quote(path)} `}${problem}`,
      );
    });
  });
  throwCollected(errors);
  throw new ConfigInvalidError(`online store${owner} is not understood`);
}

function nameOf(input: unknown): string {
  const name = typeof input === 'object' && input !== null && 'name' in input ? input.name : '';
  return typeof name === 'string' && name !== '' ? ` ${quote(name)}` : '';
}

function isHttpAddress(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return ['http:', 'https:'].includes(protocol) && username === '' && password === '';
}
