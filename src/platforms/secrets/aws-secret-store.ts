import { checkOptions, type OptionNames } from '../../foundation/options.js';
import type { SecretName } from './secret-name.js';
import {
  createSecretStore,
  type SecretStore,
  type SecretStoreOptions,
  STORE_OPTIONS,
} from './secret-store.js';

/** What is asked of Secrets Manager. */
interface SecretRequest {
  readonly SecretId: string;
}

/** What is read of its answer. */
interface SecretAnswer {
  readonly SecretString?: string | undefined;
}

/** What is used of `SecretsManager` of `@aws-sdk/client-secrets-manager`. */
export interface AwsSecretsClient {
  /** Reads a secret. */
  readonly getSecretValue: (input: SecretRequest) => Promise<SecretAnswer>;
}

/** What is used of its `SecretsManagerClient`, which knows only commands. */
export interface AwsSecretsSender<Command> {
  /** Sends a command. */
  readonly send: (command: Command) => Promise<SecretAnswer>;
}

/** How secrets of AWS Secrets Manager are named and read. */
export interface AwsSecretStoreOptions extends SecretStoreOptions {
  /**
   * The name or ARN of a secret in Secrets Manager; `SCOPE/KEY` unless given. No two secrets may
   * share one.
   */
  readonly secretId?: ((name: SecretName) => string) | undefined;
}

/** The same for a client that knows only commands. */
export interface AwsSecretCommandOptions<Command> extends AwsSecretStoreOptions {
  /** `GetSecretValueCommand` of `@aws-sdk/client-secrets-manager`. */
  readonly command: new (
    input: SecretRequest,
  ) => Command;
}

const AWS_OPTIONS: OptionNames<Partial<AwsSecretCommandOptions<unknown>>> = {
  ...STORE_OPTIONS,
  secretId: true,
  command: true,
};

/**
 * Creates a store of secrets in AWS Secrets Manager. Each holds one value as text; the current
 * version is read.
 *
 * @throws TypeError if an option is unknown, if `client` is invalid, or knows only commands and
 *   `command` is invalid
 * @example
 * createAwsSecretStore(new SecretsManagerClient({ region }), { command: GetSecretValueCommand });
 */
export function createAwsSecretStore(
  client: AwsSecretsClient,
  options?: AwsSecretStoreOptions,
): SecretStore;
export function createAwsSecretStore<Command>(
  client: AwsSecretsSender<NoInfer<Command>>,
  options: AwsSecretCommandOptions<Command>,
): SecretStore;
export function createAwsSecretStore(
  client: Partial<AwsSecretsClient & AwsSecretsSender<unknown>>,
  options: Partial<AwsSecretCommandOptions<unknown>> = {},
): SecretStore {
  checkOptions<Partial<AwsSecretCommandOptions<unknown>>>(options, AWS_OPTIONS);
  const { secretId = slashed, command, ...store } = options;
  const ask = readAsk(client, command);
  return createSecretStore(async (name) => {
    const { SecretString } = await ask({ SecretId: secretId(name) });
    return SecretString || undefined;
  }, store);
}

function slashed({ scope, key }: SecretName): string {
  return `${scope}/${key}`;
}

function readAsk(
  client: Partial<AwsSecretsClient & AwsSecretsSender<unknown>>,
  Command: AwsSecretCommandOptions<unknown>['command'] | undefined,
): AwsSecretsClient['getSecretValue'] {
  if (Command === undefined && typeof client?.getSecretValue === 'function') {
    const { getSecretValue } = client;
    return (input) => getSecretValue.call(client, input);
  }
  if (typeof Command === 'function' && typeof client?.send === 'function') {
    const { send } = client;
    return (input) => send.call(client, new Command(input));
  }
  throw new TypeError(
    'a store of AWS secrets needs a client with `getSecretValue`, or one with `send` and its `GetSecretValueCommand` as `command`',
  );
}
