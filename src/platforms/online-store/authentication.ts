import { checkOptions, type OptionNames } from '../../foundation/options.js';
import { quote } from '../../model/index.js';
import { isAtLeastMlRuntime, isAtLeastVersion, parseRuntime } from './version.js';

/** A database of an online store, as Databricks names it. */
export type OnlineStoreProvider = 'dynamodb' | 'aurora-mysql' | 'rds-mysql';

/** What is done with an online store. */
export type OnlineStoreAction = 'publish' | 'legacy-lookup' | 'model-serving-lookup';

/** How one authenticates to it. */
export type AuthenticationMethod = 'instance-profile' | 'secrets';

/** The Python client that publishes. */
export interface FeatureClient {
  readonly kind: 'feature-engineering' | 'feature-store';
  /** As the package says it, for example `0.3.8`. */
  readonly version?: string | undefined;
}

/** A way to authenticate to an online store. */
export interface OnlineStoreAuthenticationQuestion {
  readonly provider: OnlineStoreProvider;
  readonly action: OnlineStoreAction;
  readonly method: AuthenticationMethod;
  /** What is not given is not known, and what is not known is not enough. */
  readonly client?: FeatureClient | undefined;
  /** Of the cluster that publishes: `10.5 ML`, or its `spark_version`. */
  readonly runtime?: string | undefined;
}

/** Whether Databricks supports a way to authenticate. */
export interface OnlineStoreAuthenticationAnswer {
  readonly allowed: boolean;
  /** Why, as a sentence without a final period. */
  readonly reason: string;
  /** All methods that are allowed for this provider and action, with this client and runtime. */
  readonly methods: readonly AuthenticationMethod[];
}

const QUESTION: OptionNames<OnlineStoreAuthenticationQuestion> = {
  provider: true,
  action: true,
  method: true,
  client: { kind: true, version: true },
  runtime: true,
};

const BOTH: readonly AuthenticationMethod[] = ['instance-profile', 'secrets'];
const SECRETS: readonly AuthenticationMethod[] = ['secrets'];
const MYSQL = { publish: SECRETS, 'legacy-lookup': SECRETS, 'model-serving-lookup': [] } as const;

const SUPPORTED: Readonly<
  Record<OnlineStoreProvider, Readonly<Record<OnlineStoreAction, readonly AuthenticationMethod[]>>>
> = {
  dynamodb: { publish: BOTH, 'legacy-lookup': SECRETS, 'model-serving-lookup': BOTH },
  'aurora-mysql': MYSQL,
  'rds-mysql': MYSQL,
};

const PROVIDER_NAMES: Readonly<Record<OnlineStoreProvider, string>> = {
  dynamodb: 'Amazon DynamoDB',
  'aurora-mysql': 'Amazon Aurora (MySQL-compatible)',
  'rds-mysql': 'Amazon RDS MySQL',
};
const ACTION_NAMES: Readonly<Record<OnlineStoreAction, string>> = {
  publish: 'publishing',
  'legacy-lookup': 'lookup in Legacy MLflow Model Serving',
  'model-serving-lookup': 'lookup in Model Serving',
};
const METHOD_NAMES: Readonly<Record<AuthenticationMethod, string>> = {
  'instance-profile': 'an instance profile',
  secrets: 'Databricks secrets',
};

/**
 * Whether Databricks supports a way to authenticate to an online store, and if not, why.
 *
 * Shape: for DynamoDB the client has to be known, and for publishing with an instance profile the
 * cluster's runtime: what is missing or cannot be read refuses.
 *
 * @throws TypeError for an unknown field, and for a provider, action, method or client that there
 *   is not
 * @source Databricks, "Authentication for working with online stores"
 * @example
 * const method = 'instance-profile';
 * onlineStoreAuthentication({ provider: 'rds-mysql', action: 'publish', method }).allowed // false
 */
export function onlineStoreAuthentication(
  question: OnlineStoreAuthenticationQuestion,
): OnlineStoreAuthenticationAnswer {
  assertQuestion(question);
  const { provider, action, method } = question;
  const methods = SUPPORTED[provider][action].filter(
    (candidate) => findObstacle(question, candidate) === undefined,
  );
  const obstacle = findObstacle(question, method);
  const reason =
    obstacle ??
    `${ACTION_NAMES[action]} with ${METHOD_NAMES[method]} is supported on ${PROVIDER_NAMES[provider]}`;
  return { allowed: obstacle === undefined, reason, methods };
}

function assertQuestion(question: OnlineStoreAuthenticationQuestion): void {
  checkOptions<OnlineStoreAuthenticationQuestion>(question, QUESTION);
  const { provider, action, method, client, runtime } = question;
  assertOneOf('provider', provider, PROVIDER_NAMES);
  assertOneOf('action', action, ACTION_NAMES);
  assertOneOf('method', method, METHOD_NAMES);
  if (client !== undefined) {
    assertOneOf('client.kind', client.kind, { 'feature-engineering': '', 'feature-store': '' });
    assertText('client.version', client.version);
  }
  assertText('runtime', runtime);
}

function assertOneOf(field: string, value: unknown, names: Readonly<Record<string, string>>): void {
  if (typeof value === 'string' && Object.hasOwn(names, value)) return;
  const shown = typeof value === 'string' ? quote(value) : typeof value;
  throw new TypeError(`${field} is one of ${Object.keys(names).join(', ')}, not ${shown}`);
}

function assertText(field: string, value: unknown): void {
  if (value === undefined || typeof value === 'string') return;
  throw new TypeError(`${field} must be a string`);
}

/** What stands against a method, as a sentence; nothing where it is supported. */
function findObstacle(
  { provider, action, client, runtime }: OnlineStoreAuthenticationQuestion,
  method: AuthenticationMethod,
): string | undefined {
  const supported = SUPPORTED[provider][action];
  const what = `${ACTION_NAMES[action]} on ${PROVIDER_NAMES[provider]}`;
  if (supported.length === 0) return `${what} is not supported`;
  if (!supported.includes(method)) return `${what} is not supported with ${METHOD_NAMES[method]}`;
  if (provider !== 'dynamodb') return undefined;
  return (
    explainClient(client) ??
    (action === 'publish' && method === 'instance-profile' ? explainRuntime(runtime) : undefined)
  );
}

function explainClient(client: FeatureClient | undefined): string | undefined {
  if (client?.kind === 'feature-engineering') return undefined;
  const wanted =
    'Amazon DynamoDB needs the Feature Engineering client, or the Feature Store client 0.3.8 or later';
  if (client === undefined) return `${wanted}: the client is not known`;
  const { version } = client;
  if (version === undefined) return `${wanted}: the version of the client is not known`;
  switch (isAtLeastVersion(version, [0, 3, 8])) {
    case true:
      return undefined;
    case false:
      return `${wanted}: ${quote(version)} is earlier`;
    default:
      return `${wanted}: ${quote(version)} is not a version`;
  }
}

function explainRuntime(runtime: string | undefined): string | undefined {
  const wanted =
    'publishing with an instance profile needs a cluster with Databricks Runtime 10.5 ML or later';
  if (runtime === undefined) return `${wanted}: the runtime is not known`;
  const parsed = parseRuntime(runtime);
  if (parsed === undefined) return `${wanted}: ${quote(runtime)} is not one of its versions`;
  if (isAtLeastMlRuntime(parsed, [10, 5])) return undefined;
  return `${wanted}: ${quote(runtime)} is ${parsed.isMl ? 'earlier' : 'no ML runtime'}`;
}
